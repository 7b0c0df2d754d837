"""Runs scim2-tester against a server: python3 scim2_tester_run.py BASE TOKEN

Prints what is not as it should be, and the numbers of results by status. Exits with 1 if there is an error, or if the
suite stopped before it reached the resource types.
"""

import sys
from collections import Counter

from httpx import Client
from scim2_client.engines.httpx import SyncSCIMClient
from scim2_tester import check_server

base, token = sys.argv[1:]
http = Client(base_url=base, headers={"Authorization": f"Bearer {token}"}, timeout=60)
client = SyncSCIMClient(http)
client.discover()
results = check_server(client, raise_exceptions=False)

BAD = ("ERROR", "CRITICAL")
for result in results:
    if result.status.name in (*BAD, "DEVIATION"):
        reason = " ".join(str(result.reason).split())[:400]
        print(f"  {result.status.name} {result.resource_type or 'server'}: {result.title}: {reason}")

counts = Counter(result.status.name for result in results)
types = sorted({result.resource_type for result in results if result.resource_type})
print(f"  {len(results)} results for {', '.join(types) or 'nothing'}: {dict(counts)}")
sys.exit(1 if not types or any(counts[status] for status in BAD) else 0)
