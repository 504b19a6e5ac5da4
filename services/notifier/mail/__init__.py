"""Mail: how a message is written, how it is handed to the mail server, and who does it, outside any transaction."""
