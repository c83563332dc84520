"""Somebody's website at an origin of its own, for what it shows of ours. Reached under two names of this machine."""
import http.server
import threading


class Website:
    """Serves the pages that were put; `allowed` and `other` are the same site at two origins.

        with Website() as site:
            site.put("/", "<p>Hello</p>", policy="script-src 'self'")
            page.goto(site.allowed + "/")
    """

    def __init__(self):
        self.pages: dict[str, tuple[bytes, dict[str, str]]] = {}
        site = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                body, headers = site.pages.get(self.path.partition("?")[0], (b"", None))
                self.send_response(200 if headers is not None else 404)
                for name, value in (headers or {}).items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                """Nothing: tests are quiet."""

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self.server.server_address[1]
        self.allowed = f"http://localhost:{self.port}"
        self.other = f"http://127.0.0.1:{self.port}"

    def __enter__(self) -> "Website":
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_) -> None:
        self.server.shutdown()
        self.server.server_close()

    def put(self, path: str, body: str | bytes, *, kind: str = "text/html; charset=utf-8",
            policy: str | None = None) -> None:
        headers = {"Content-Type": kind} | ({"Content-Security-Policy": policy} if policy else {})
        self.pages[path] = (body.encode() if isinstance(body, str) else body, headers)
