"""The reference client and stix2 read our server: pages, filters, versions, adding, deleting, errors.

Arguments: discovery address, authority file, user, password, file with a client certificate, another client's
collection address, number of objects that are there.
"""

import os
import sys

# The environment's authorities would stand in place of ours, and its proxy before this machine.
for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE"):
    os.environ.pop(name, None)
os.environ["NO_PROXY"] = os.environ["no_proxy"] = "127.0.0.1"

import requests
import stix2
from taxii2client.v21 import Collection, Server, as_pages

address, authority, user, password, certificate, others, count = sys.argv[1:]
count = int(count)
TAXII = "application/taxii+json;version=2.1"

server = Server(address, user=user, password=password, verify=authority)
assert server.title == "Carom", server.title
assert len(server.api_roots) == 1 and server.default is not None
root = server.api_roots[0]
assert root.versions == [TAXII] and root.max_content_length > 0
own = [c for c in root.collections if c.can_write]
assert len(own) == 1, [c.id for c in root.collections]
collection = own[0]
assert collection.can_read and "application/stix+json;version=2.1" in collection.media_types


def paged(function, **filters):
    found = []
    for page in as_pages(function, per_request=7, **filters):
        found += page.get("objects", [])
    return found


objects = paged(collection.get_objects)
manifest = paged(collection.get_manifest)
assert len(objects) == count == len({o["id"] for o in objects}), len(objects)
assert [m["id"] for m in manifest] == [o["id"] for o in objects]
added = [m["date_added"] for m in manifest]
assert added == sorted(set(added))
for one in objects:
    stix2.parse(one, allow_custom=False)

# Filters.
kinds = {o["type"] for o in objects}
for kind in kinds:
    assert all(o["type"] == kind for o in paged(collection.get_objects, type=kind))
assert sum(len(paged(collection.get_objects, type=k)) for k in kinds) == count
some = [objects[0]["id"], objects[3]["id"]]
assert sorted(o["id"] for o in paged(collection.get_objects, id=some)) == sorted(some)
assert len(paged(collection.get_manifest, added_after=added[4])) == count - 5
assert paged(collection.get_objects, spec_version="2.0") == []
assert dict(collection.get_objects(type="campaign")) == {}
assert len(paged(collection.get_objects, version="first")) == count

# stix2 reads the collection as a source.
source = stix2.TAXIICollectionSource(collection)
first = next(o for o in objects if o["type"] == "indicator")
assert source.get(first["id"])["id"] == first["id"]
assert len(source.query([stix2.Filter("type", "=", "indicator")])) == len([o for o in objects if o["type"] == "indicator"])

# Versions, adding, deleting.
indicator = stix2.Indicator(pattern="[domain-name:value = 'x.example']", pattern_type="stix", valid_from="2026-01-01T00:00:00Z")
later = indicator.new_version(name="later")
status = collection.add_objects('{"objects":[%s,{"type":"nonsense"}]}' % indicator.serialize())
assert (status.status, status.success_count, status.failure_count) == ("complete", 1, 1), status._raw
status.refresh()
assert status.total_count == 2
assert collection.add_objects('{"objects":[%s]}' % later.serialize()).success_count == 1
assert len(collection.object_versions(indicator.id)["versions"]) == 2
assert collection.get_object(indicator.id)["objects"][0]["name"] == "later"
assert "name" not in collection.get_object(indicator.id, version="first")["objects"][0]
assert len(collection.get_object(indicator.id, version="all")["objects"]) == 2
collection.delete_object(indicator.id, version="last")
assert len(collection.object_versions(indicator.id)["versions"]) == 1
collection.delete_object(indicator.id)


def refused(status, work):
    try:
        work()
    except requests.exceptions.HTTPError as e:
        assert e.response.status_code == status, e.response.status_code
        assert e.response.json()["http_status"] == str(status)
        return e.response
    raise AssertionError("expected %d" % status)


# Errors.
refused(404, lambda: collection.get_object(indicator.id))
refused(404, lambda: Collection(others, user=user, password=password, verify=authority).refresh())
answer = refused(401, lambda: Server(address, user=user, password="wrong", verify=authority).title)
assert answer.headers["WWW-Authenticate"].startswith("Basic")
refused(406, lambda: collection.get_objects(accept="application/taxii+json;version=2.0"))
refused(406, lambda: collection.get_objects(accept="application/json"))
refused(400, lambda: collection.get_objects(next="bogus"))
refused(400, lambda: collection.get_objects(limit=-1))
refused(415, lambda: collection.add_objects({"objects": []}, content_type="application/json"))
try:
    Server(address, user=user, password=password).title
    raise AssertionError("a client that does not trust the authority was answered")
except requests.exceptions.SSLError:
    pass

# A client certificate in place of a password.
assert Server(address, verify=authority, cert=certificate).api_roots[0].collections
print("ok")
