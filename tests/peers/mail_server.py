"""An SMTP server (aiosmtpd) that treats a mail by the local part of its reader: defer@, refuse@, unknown@ (closes the
connection instead of answering the message), anything else is taken.

Prints its port, and then the Message-ID and the reader of each mail that was given to it.
"""
import asyncio
import email

from aiosmtpd.smtp import SMTP


class Handler:
    async def handle_RCPT(self, server, session, envelope, address, options):
        answers = {"defer": "451 4.7.1 later, please", "refuse": "550 5.1.1 no such person"}
        answer = answers.get(address.split("@")[0])
        if answer:
            return answer
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 ok"

    async def handle_DATA(self, server, session, envelope):
        message = email.message_from_bytes(envelope.content)
        print(message["Message-ID"].strip("<>"), envelope.rcpt_tos[0], flush=True)
        if envelope.rcpt_tos[0].startswith("unknown@"):
            server.transport.abort()
        return "250 2.0.0 taken"


async def main():
    loop = asyncio.get_running_loop()
    factory = lambda: SMTP(Handler(), hostname="peer.example", enable_SMTPUTF8=False)
    server = await loop.create_server(factory, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


asyncio.run(main())
