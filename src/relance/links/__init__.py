"""Links that lead through this server: what they carry, the proof that it made them, and which addresses become one."""
