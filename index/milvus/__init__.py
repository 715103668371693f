"""An index in Milvus: the engine for several machines, and Milvus Lite's file for one.

A version is a collection of its groups: with the attribute columns that filters speak of, what
proposes them, and their rows; an alias names the live one. All else of a version, and the logs,
stand as texts in one collection more, and are copied to each machine that needs them.
"""

import os

# Before it is loaded: else gRPC writes to standard error whenever a server goes away or comes back.
os.environ.setdefault("GRPC_VERBOSITY", "NONE")
