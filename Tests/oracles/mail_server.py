#!/usr/bin/env python3
"""A real SMTP server (aiosmtpd) for tests: says where it listens, keeps what it gets, misbehaves when asked.

    mail_server.py FOLDER [--tls starttls|implicit] [--certificate KIND] [--auth USER:PASSWORD] [--silent]

KIND is one of certificates.KINDS, "good" if not said. Prints {"port": …, "ca": …} on one line, "ca" being the file of
the authority to trust, then serves until standard input ends. Every mail becomes FOLDER/000001.eml (envelope beside it
as .json). A recipient such as e550@example.com is answered with 550, d554@… with 554 after the data, g451@… with a
greylisting reply, hang@… not at all. FOLDER/connections counts the connections.
"""

import argparse
import asyncio
import json
import os
import re
import sys

from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword

import certificates

TEXTS = {"550": "5.1.1 no such mailbox", "451": "4.3.0 try again", "552": "5.2.2 mailbox full", "421": "4.3.2 closing",
         "554": "5.7.1 refused by policy"}


class Keeper:
    def __init__(self, folder):
        self.folder = folder
        self.count = 0

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address.startswith("hang"):
            await asyncio.sleep(60)
        if address.startswith("g451"):
            return "451 4.7.1 Greylisting in action, come back in 5 minutes"
        if address.startswith("b535"):
            return "550 5.7.30 Basic authentication is not supported for Client Submission"
        if address.startswith("m550"):
            return "550-5.1.1 no such mailbox\r\n550 5.1.1 ask the postmaster\x1b[31m"
        if match := re.match(r"e(\d{3})@", address):
            return f"{match[1]} {TEXTS.get(match[1], 'as asked')}"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        if match := re.match(r"d(\d{3})@", envelope.rcpt_tos[0]):
            return f"{match[1]} {TEXTS.get(match[1], 'as asked')}"
        self.count += 1
        path = os.path.join(self.folder, f"{self.count:06}")
        facts = dict(sender=envelope.mail_from, recipients=envelope.rcpt_tos, name=session.host_name,
                     utf8=bool(envelope.smtp_utf8), login=bool(session.authenticated), tls=session.ssl is not None)
        with open(path + ".json", "w") as file:
            json.dump(facts, file)
        with open(path + ".eml.part", "wb") as file:
            file.write(envelope.original_content)
        os.rename(path + ".eml.part", path + ".eml")
        return f"250 2.0.0 queued as {self.count:06}"


async def silent(reader, writer):
    await reader.read()
    writer.close()


async def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder")
    parser.add_argument("--tls", choices=["starttls", "implicit"])
    parser.add_argument("--certificate", choices=certificates.KINDS, default="good")
    parser.add_argument("--auth")
    parser.add_argument("--silent", action="store_true")
    options = parser.parse_args()
    context, ca = certificates.server(options.certificate, options.folder) if options.tls else (None, None)
    keeper, connections = Keeper(options.folder), 0

    def check(server, session, envelope, mechanism, data):
        good = isinstance(data, LoginPassword) and f"{data.login.decode()}:{data.password.decode()}" == options.auth
        return AuthResult(success=good, handled=False)

    def connect():
        nonlocal connections
        connections += 1
        with open(os.path.join(options.folder, "connections"), "w") as file:
            file.write(str(connections))
        starttls = options.tls == "starttls"
        return SMTP(
            keeper, enable_SMTPUTF8=True, hostname="mail.test", loop=asyncio.get_running_loop(),
            tls_context=context if starttls else None, require_starttls=starttls,
            authenticator=check if options.auth else None, auth_required=bool(options.auth),
            auth_require_tls=starttls)

    loop = asyncio.get_running_loop()
    if options.silent:
        server = await asyncio.start_server(silent, "127.0.0.1", 0)
    else:
        server = await loop.create_server(connect, "127.0.0.1", 0, ssl=context if options.tls == "implicit" else None)
    print(json.dumps(dict(port=server.sockets[0].getsockname()[1], ca=ca)), flush=True)
    await loop.run_in_executor(None, sys.stdin.buffer.read)
    os._exit(0)


asyncio.run(main())
