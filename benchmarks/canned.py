"""A Bot API that is always there: the only stub under the peers that use python-telegram-bot."""

from telegram.request import BaseRequest, RequestData

from benchmarks.answers import ME, SENT


class Canned(BaseRequest):
    """A network that is always there and answers at once."""

    read_timeout = 5.0

    async def initialize(self) -> None:
        """Nothing to connect."""

    async def shutdown(self) -> None:
        """Nothing to close."""

    async def do_request(
        self,
        url: str,
        method: str,  # noqa: ARG002 - always POST
        request_data: RequestData | None = None,
        *_: object,
        **__: object,
    ) -> tuple[int, bytes]:
        """Ask for the parameters as a transport must; answer at once with the canned JSON."""
        if request_data is not None:
            request_data.json_parameters  # noqa: B018 - a property that does the work
        return 200, ME if url.endswith("/getMe") else SENT
