package io.carom.server.taxii;

import io.carom.server.account.Asker;
import io.carom.server.http.Refused;
import io.carom.server.http.Route;
import io.carom.taxii.CollectionStore;
import io.carom.taxii.Page;
import io.carom.taxii.PageQuery;
import io.carom.taxii.TaxiiCollection;
import io.carom.taxii.TaxiiTime;
import io.javalin.http.Context;
import io.javalin.http.HandlerType;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.node.ObjectNode;

/// The resources of TAXII 2.1, sections 4 and 5. Who asks is part of every question; what they may not
/// see is not there for them, and answered as what is not there.
public final class TaxiiRoutes implements AutoCloseable {
    public static final String MEDIA_TYPE = MediaTypes.TAXII;

    private static final String DISCOVERY = "/taxii2";
    private static final String ROOT = DISCOVERY + "/root";
    private static final String COLLECTIONS = ROOT + "/collections";
    private static final String COLLECTION = COLLECTIONS + "/{collection}";
    private static final String OBJECTS = COLLECTION + "/objects";
    private static final String OBJECT = OBJECTS + "/{object}";
    private static final Set<String> ALL_MATCHES = Set.of("id", "type", "version", "spec_version");
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Stores stores;
    private final InstantSource clock;

    public TaxiiRoutes(Path home, InstantSource clock) {
        this.stores = new Stores(home);
        this.clock = clock;
    }

    public List<Route> routes() {
        return List.of(
                Route.closed(HandlerType.GET, DISCOVERY, this::discovery),
                Route.closed(HandlerType.GET, ROOT, this::root),
                Route.closed(HandlerType.GET, ROOT + "/status/{status}", this::status),
                Route.closed(HandlerType.GET, COLLECTIONS, this::collections),
                Route.closed(HandlerType.GET, COLLECTION, this::collection),
                Route.closed(HandlerType.GET, COLLECTION + "/manifest", this::manifest),
                Route.closed(HandlerType.GET, OBJECTS, this::objects),
                Route.closed(HandlerType.POST, OBJECTS, this::add),
                Route.closed(HandlerType.GET, OBJECT, this::object),
                Route.closed(HandlerType.DELETE, OBJECT, this::delete),
                Route.closed(HandlerType.GET, OBJECT + "/versions", this::versions));
    }

    private static void give(Context context, int status, String json) {
        context.status(status).header("Content-Type", MEDIA_TYPE).result(json.getBytes(StandardCharsets.UTF_8));
    }

    private void discovery(Context context, Asker asker) throws Refused {
        MediaTypes.accepted(context);
        ObjectNode it = JSON.createObjectNode();
        it.put("title", "Carom");
        it.put("description", "What was seen of intruders who come by way of a supplier.");
        it.put("default", ROOT + "/");
        it.putArray("api_roots").add(ROOT + "/");
        give(context, 200, JSON.writeValueAsString(it));
    }

    private void root(Context context, Asker asker) throws Refused {
        MediaTypes.accepted(context);
        ObjectNode it = JSON.createObjectNode();
        it.put("title", "Carom");
        it.putArray("versions").add(MEDIA_TYPE);
        it.put("max_content_length", AddedObjects.LONGEST);
        give(context, 200, JSON.writeValueAsString(it));
    }

    private void status(Context context, Asker asker) throws IOException, Refused, InterruptedException {
        MediaTypes.accepted(context);
        String id = context.pathParam("status");
        give(
                context,
                200,
                stores.use(store -> store.status(asker.account().name(), id).orElseThrow(Refused::notThere)));
    }

    private static ObjectNode described(TaxiiCollection one, Asker asker) {
        ObjectNode it = JSON.createObjectNode();
        it.put("id", one.id());
        it.put("title", one.title());
        it.put("description", one.description());
        it.put("can_read", asker.read());
        it.put("can_write", one.canWrite());
        it.putArray("media_types").add("application/stix+json;version=2.1").add("application/stix+json;version=2.0");
        return it;
    }

    private void collections(Context context, Asker asker) throws IOException, Refused, InterruptedException {
        MediaTypes.accepted(context);
        List<TaxiiCollection> seen = stores.use(store -> store.collections(asker.viewer()));
        ObjectNode it = JSON.createObjectNode();
        if (!seen.isEmpty()) {
            var all = it.putArray("collections");
            seen.forEach(one -> all.add(described(one, asker)));
        }
        give(context, 200, JSON.writeValueAsString(it));
    }

    private static TaxiiCollection seen(CollectionStore store, Context context, Asker asker)
            throws IOException, Refused {
        return store.collection(asker.viewer(), context.pathParam("collection")).orElseThrow(Refused::notThere);
    }

    private static TaxiiCollection readable(CollectionStore store, Context context, Asker asker)
            throws IOException, Refused {
        TaxiiCollection one = seen(store, context, asker);
        if (!asker.read()) {
            throw new Refused(403, "Not to read", "What you showed is for writing alone.");
        }
        return one;
    }

    private static TaxiiCollection writable(CollectionStore store, Context context, Asker asker)
            throws IOException, Refused {
        TaxiiCollection one = seen(store, context, asker);
        if (!one.canWrite()) {
            throw new Refused(403, "Not to write", "You may not change this collection.");
        }
        return one;
    }

    private void collection(Context context, Asker asker) throws IOException, Refused, InterruptedException {
        MediaTypes.accepted(context);
        TaxiiCollection one = stores.use(store -> seen(store, context, asker));
        give(context, 200, JSON.writeValueAsString(described(one, asker)));
    }

    private static Filters filters(
            Context context, TaxiiCollection one, String resource, Set<String> matches, String versions)
            throws Refused {
        return Filters.of(one.id() + " " + resource, context.queryParamMap(), matches, versions);
    }

    /// Says where the page begins and ends, and gives the start of its JSON: what follows, if anything
    /// does.
    private static StringBuilder begun(Context context, Filters filters, Page page) {
        StringBuilder json = new StringBuilder("{");
        if (!page.entries().isEmpty()) {
            context.header(
                    "X-TAXII-Date-Added-First",
                    TaxiiTime.text(page.entries().getFirst().added()));
            context.header(
                    "X-TAXII-Date-Added-Last",
                    TaxiiTime.text(page.entries().getLast().added()));
        }
        if (page.more()) {
            json.append("\"more\":true,\"next\":\"")
                    .append(filters.next(page.entries().getLast().added()))
                    .append("\",");
        }
        return json;
    }

    private static String envelope(Context context, Filters filters, Page page) {
        StringBuilder json = begun(context, filters, page);
        if (page.entries().isEmpty()) {
            return "{}";
        }
        json.append("\"objects\":[");
        for (Page.Entry entry : page.entries()) {
            json.append(entry.json()).append(',');
        }
        json.setLength(json.length() - 1);
        return json.append("]}").toString();
    }

    private void objects(Context context, Asker asker) throws IOException, Refused, InterruptedException {
        MediaTypes.accepted(context);
        give(context, 200, stores.use(store -> {
            TaxiiCollection one = readable(store, context, asker);
            Filters filters = filters(context, one, "objects", ALL_MATCHES, "last");
            return envelope(context, filters, store.page(one, filters.query(), true));
        }));
    }

    private void manifest(Context context, Asker asker) throws IOException, Refused, InterruptedException {
        MediaTypes.accepted(context);
        give(context, 200, stores.use(store -> {
            TaxiiCollection one = readable(store, context, asker);
            Filters filters = filters(context, one, "manifest", ALL_MATCHES, "last");
            Page page = store.page(one, filters.query(), false);
            StringBuilder json = begun(context, filters, page);
            if (page.entries().isEmpty()) {
                return "{}";
            }
            json.append("\"objects\":[");
            for (Page.Entry entry : page.entries()) {
                json.append("{\"id\":\"")
                        .append(entry.id())
                        .append("\",\"date_added\":\"")
                        .append(TaxiiTime.text(entry.added()))
                        .append("\",\"version\":\"")
                        .append(TaxiiTime.text(entry.version()))
                        .append("\",\"media_type\":\"application/stix+json;version=")
                        .append(entry.spec())
                        .append("\"},");
            }
            json.setLength(json.length() - 1);
            return json.append("]}").toString();
        }));
    }

    /// The query about one object.
    private static PageQuery of(String id, PageQuery q) {
        return new PageQuery(
                q.addedAfter(), Set.of(), Set.of(id), q.all(), q.first(), q.last(), q.versions(), q.specs(), q.limit());
    }

    /// @throws Refused with 404 if the collection has no version of the object
    private static String known(CollectionStore store, TaxiiCollection one, Context context)
            throws IOException, Refused {
        String id = context.pathParam("object");
        PageQuery any = new PageQuery(Long.MIN_VALUE, Set.of(), Set.of(id), true, false, false, Set.of(), Set.of(), 1);
        if (store.page(one, any, false).entries().isEmpty()) {
            throw Refused.notThere();
        }
        return id;
    }

    private void object(Context context, Asker asker) throws IOException, Refused, InterruptedException {
        MediaTypes.accepted(context);
        give(context, 200, stores.use(store -> {
            TaxiiCollection one = readable(store, context, asker);
            String id = known(store, one, context);
            Filters filters = filters(context, one, "object " + id, Set.of("version", "spec_version"), "last");
            return envelope(context, filters, store.page(one, of(id, filters.query()), true));
        }));
    }

    private void versions(Context context, Asker asker) throws IOException, Refused, InterruptedException {
        MediaTypes.accepted(context);
        give(context, 200, stores.use(store -> {
            TaxiiCollection one = readable(store, context, asker);
            String id = known(store, one, context);
            Filters filters = filters(context, one, "versions " + id, Set.of("spec_version"), "all");
            Page page = store.page(one, of(id, filters.query()), false);
            StringBuilder json = begun(context, filters, page);
            if (page.entries().isEmpty()) {
                return "{}";
            }
            json.append("\"versions\":[");
            for (Page.Entry entry : page.entries()) {
                json.append('"').append(TaxiiTime.text(entry.version())).append("\",");
            }
            json.setLength(json.length() - 1);
            return json.append("]}").toString();
        }));
    }

    private void add(Context context, Asker asker) throws IOException, Refused, InterruptedException {
        MediaTypes.accepted(context);
        MediaTypes.understood(context.req().getContentType());
        // First whether they may: what they send is not read before.
        TaxiiCollection to = stores.use(store -> writable(store, context, asker));
        AddedObjects sent = AddedObjects.read(context);
        Instant now = clock.instant();
        String id = UUID.randomUUID().toString();
        give(context, 202, stores.use(store -> {
            List<Boolean> added = store.add(to, sent.objects(), now);
            String status = sent.status(id, added, now);
            store.keepStatus(asker.account().name(), id, status, now);
            return status;
        }));
    }

    private void delete(Context context, Asker asker) throws IOException, Refused, InterruptedException {
        MediaTypes.accepted(context);
        int deleted = stores.use(store -> {
            TaxiiCollection one = writable(store, context, asker);
            if (!asker.read()) {
                throw new Refused(403, "Not to delete", "What you showed is for adding alone.");
            }
            String id = known(store, one, context);
            Filters filters = filters(context, one, "delete " + id, Set.of("version", "spec_version"), "all");
            return store.delete(one, id, filters.query(), clock.instant());
        });
        if (deleted == 0) {
            throw Refused.notThere();
        }
        context.status(200).header("Content-Type", MEDIA_TYPE).result("");
    }

    @Override
    public void close() throws IOException {
        stores.close();
    }
}
