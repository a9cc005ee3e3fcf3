# nanovid: the servers for the benchmarks: an API, an origin, and a line
# Copyright (C) 2026 the nanovid authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""None of it is part of what is measured, and all of it is on loopback.

Api     answers submits and status requests, and writes down when each job was
        finished and when its client was told
Origin  nginx, in clear and with TLS
Memory  an origin that has nothing to read: as fast as loopback gets
Link    a line to a server, of a given rate and round trip
"""
import asyncio
import collections
import contextlib
import http.server
import json
import os
import socket
import subprocess
import threading
import time


def find_ports(count):
    """Returns: different ones, as all are held at once."""
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for free in sockets:
            free.bind(("127.0.0.1", 0))
        return [free.getsockname()[1] for free in sockets]


class Job:
    def __init__(self, seconds):
        self.finished_at = time.monotonic() + seconds
        self.seconds = seconds
        self.told_at = None
        self.polls = 0

    @property
    def lag(self):
        return self.told_at - self.finished_at


class Api:
    """The service: what a job takes is drawn by draw(), its clip is at url."""

    def __init__(self, url=None, draw=lambda: 0):
        self.url = url
        self.draw = draw
        self.jobs = {}
        self.lock = threading.Lock()
        api = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def answer(self, status, content):
                body = json.dumps(content).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def do_POST(self):
                self.rfile.read(int(self.headers["Content-Length"]))
                self.answer(202, api.submit())

            def do_GET(self):
                run_id = self.path.partition("runId=")[2].partition("&")[0]
                if run_id in api.jobs:
                    self.answer(200, api.get_status(api.jobs[run_id]))
                else:
                    self.answer(404, {"error": "not found"})

            def log_message(self, *_):
                pass

        class Server(http.server.ThreadingHTTPServer):
            request_queue_size = 1024
            daemon_threads = True

        self.server = Server(("127.0.0.1", 0), Handler)
        self.base_url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def submit(self):
        with self.lock:
            run_id = f"vid_{len(self.jobs)}"
            self.jobs[run_id] = Job(self.draw())
        return {"runId": run_id, "status": "pending", "cost": 0.1,
                "model": "seedance-lite-video"}

    def get_status(self, job):
        now = time.monotonic()
        job.polls += 1
        if now < job.finished_at:
            return {"data": {"status": "IN_PROGRESS"}}
        job.told_at = job.told_at or now
        return {"data": {"status": "COMPLETED",
                         "output": {"video": {"url": self.url}}}}

    def get_last(self):
        return list(self.jobs.values())[-1]


class Origin:
    """Serves the files of a directory, with every feature that nginx has."""

    CONFIGURATION = """
daemon off;
worker_processes 1;
pid {directory}/nginx.pid;
error_log stderr;
events {{ worker_connections 2048; }}
http {{
  log_format name $uri;
  access_log {directory}/access.log name;
  sendfile on;
  tcp_nopush on;
  root {directory};
  client_body_temp_path {directory};
  proxy_temp_path {directory};
  fastcgi_temp_path {directory};
  uwsgi_temp_path {directory};
  scgi_temp_path {directory};
  server {{ listen 127.0.0.1:{port}; }}
  server {{
    listen 127.0.0.1:{tls_port} ssl;
    ssl_certificate {directory}/ca.pem;
    ssl_certificate_key {directory}/key.pem;
  }}
}}
"""

    def __init__(self, directory):
        self.directory = directory
        self.port, self.tls_port = find_ports(2)
        self.ca = f"{directory}/ca.pem"
        self.key = f"{directory}/key.pem"
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes",
             "-keyout", self.key, "-out", self.ca, "-days", "2",
             "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,DNS:service.localhost"],
            check=True, stderr=subprocess.DEVNULL)
        with open(f"{directory}/nginx.conf", "w", encoding="utf-8") as file:
            file.write(self.CONFIGURATION.format(
                directory=directory, port=self.port, tls_port=self.tls_port))
        environment = dict(os.environ)
        environment["PATH"] += ":/usr/sbin"
        self.process = subprocess.Popen(
            ["nginx", "-p", directory, "-c", f"{directory}/nginx.conf"],
            env=environment)
        self.wait()

    def wait(self):
        for _ in range(100):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.tls_port)) == 0:
                    return
            time.sleep(0.05)
        raise RuntimeError("nginx does not listen")

    def get_url(self, name, tls=False):
        if tls:
            return f"https://localhost:{self.tls_port}/{name}"
        return f"http://127.0.0.1:{self.port}/{name}"

    def count_requests(self, name):
        with open(f"{self.directory}/access.log", encoding="utf-8") as file:
            return sum(line == f"/{name}\n" for line in file)

    def stop(self):
        self.process.terminate()
        self.process.wait()


class Memory:
    """Serves one file, in clear, from memory, with one large write after another."""

    WRITE = 1 << 20

    def __init__(self, path):
        with open(path, "rb") as file:
            content = memoryview(file.read())

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                self.send_response(200)
                self.send_header("Content-Type", "video/mp4")
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                for start in range(0, len(content), Memory.WRITE):
                    self.connection.sendall(content[start:start + Memory.WRITE])

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self):
        self.server.shutdown()
        self.server.server_close()


class Link:
    """A TCP proxy to a port of this machine: what the server sends passes one
    line of so many bytes a second, and everything takes half a round trip in
    each direction. A new connection takes one round trip more, as it does
    where the connection itself is far."""

    PIECE = 4096
    # Bytes in flight on the line, per connection, in addition to those in the delay.
    QUEUE = 64 << 10

    def __init__(self, port, rate, round_trip):
        self.target = port
        self.rate = rate
        self.delay = round_trip / 2
        self.free_at = 0
        self.loop = asyncio.new_event_loop()
        started = threading.Event()
        self.thread = threading.Thread(target=self._run, args=(started,))
        self.thread.start()
        started.wait()

    def get_url(self, name):
        return f"http://127.0.0.1:{self.port}/{name}"

    def stop(self):
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join()

    def _run(self, started):
        asyncio.set_event_loop(self.loop)
        server = self.loop.run_until_complete(
            asyncio.start_server(self._accept, "127.0.0.1", 0))
        self.port = server.sockets[0].getsockname()[1]
        started.set()
        self.loop.run_forever()
        server.close()
        tasks = asyncio.all_tasks(self.loop)
        for task in tasks:
            task.cancel()
        self.loop.run_until_complete(asyncio.gather(*tasks, return_exceptions=True))
        self.loop.close()

    async def _accept(self, client_reader, client_writer):
        reader, writer = await asyncio.open_connection(
            "127.0.0.1", self.target, limit=self.PIECE)
        client_writer.transport.set_write_buffer_limits(0)
        try:
            await asyncio.gather(
                self._pass(client_reader, writer, None, 2 * self.delay),
                self._pass(reader, client_writer, self.rate, 0),
                return_exceptions=True)
        except asyncio.CancelledError:
            pass
        finally:
            writer.close()
            client_writer.close()

    async def _pass(self, reader, writer, rate, setup):
        under_way = collections.deque()
        arrived = asyncio.Event()
        room = asyncio.Event()
        limit = self.QUEUE + (rate or 0) * self.delay
        sender = asyncio.ensure_future(
            self._send(under_way, arrived, room, writer))
        piece = b"-"
        try:
            while piece and not sender.done():
                piece = await reader.read(self.PIECE)
                at = self.loop.time() + setup
                setup = 0
                if rate:
                    self.free_at = max(self.free_at, at) + len(piece) / rate
                    at = self.free_at
                under_way.append((at + self.delay, piece))
                arrived.set()
                while sum(len(p) for _, p in under_way) > limit and not sender.done():
                    room.clear()
                    await room.wait()
            await sender
        finally:
            # If the reader's connection was reset, nothing waits for the sender.
            sender.cancel()

    async def _send(self, under_way, arrived, room, writer):
        try:
            while True:
                while not under_way:
                    arrived.clear()
                    await arrived.wait()
                at, piece = under_way[0]
                pause = at - self.loop.time()
                if pause > 0:
                    await asyncio.sleep(pause)
                if not piece:
                    return
                writer.write(piece)
                await writer.drain()
                under_way.popleft()
                room.set()
        except OSError:
            pass
        finally:
            room.set()
            writer.close()
