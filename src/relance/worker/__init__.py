"""The process that hosts settling: it takes partitions, ticks on a thread, dispatches, and answers the server."""
