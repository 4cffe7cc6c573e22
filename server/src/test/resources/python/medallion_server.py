"""Runs medallion, the reference server, over the data file given; prints its port, ends with its input.

Arguments: data file, page size.
"""

import sys
import threading

from medallion import application_instance, connect_to_backend, register_blueprints, set_config
from werkzeug.serving import make_server

configuration = {
    "backend": {"module": "medallion.backends.memory_backend", "module_class": "MemoryBackend", "filename": sys.argv[1]},
    "users": {"acme": "acmeacme"},
    "taxii": {"max_page_size": int(sys.argv[2])},
}
for part in configuration:
    set_config(application_instance, part, configuration)
application_instance.medallion_backend = connect_to_backend(configuration["backend"])
if not application_instance.blueprints:
    register_blueprints(application_instance)
server = make_server("127.0.0.1", 0, application_instance)
threading.Thread(target=server.serve_forever, daemon=True).start()
print(server.port, flush=True)
sys.stdin.read()
server.shutdown()
