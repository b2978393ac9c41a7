"""`python -m services.api HOST PORT`: serve the page and the API."""

import sys

import uvicorn

if __name__ == "__main__":
    host, port = sys.argv[1:]
    uvicorn.run(
        "services.api.main:create_app",
        factory=True,
        host=host,
        port=int(port),
        loop="uvloop",
        http="httptools",
        access_log=False,
        log_level="warning",
        server_header=False,
        timeout_graceful_shutdown=5,
    )
