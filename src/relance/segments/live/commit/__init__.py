"""What a tick writes about members: packed changes, and their compaction."""
