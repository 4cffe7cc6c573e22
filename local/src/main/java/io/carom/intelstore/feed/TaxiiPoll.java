package io.carom.intelstore.feed;

import io.carom.intel.Gathered;
import io.carom.intel.IntelDocument;
import io.carom.intel.ThreatIndicator;
import io.carom.intel.json.JsonTree;
import io.carom.intelstore.IntelStore;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Reads TAXII 2.1 collections: finds them from any address of a server, and reads what was added
/// since the last time.
///
/// What was read is kept some pages at a time, each time with how far that is, so that a poll which is
/// broken off goes on from there.
final class TaxiiPoll {
    static final String MEDIA_TYPE = "application/taxii+json;version=2.1";
    private static final int PAGE = 64 << 20;
    /// Characters of objects that are held before they are kept.
    private static final int HELD = 32 << 20;
    private static final int MOST_PAGES = 1_000_000;
    private static final int MOST_COLLECTIONS = 1_000;

    private static final JsonMapper JSON = JsonMapper.builder(JsonTree.FACTORY).build();

    private final FeedHttp http;

    TaxiiPoll(FeedHttp http) {
        this.http = http;
    }

    /// A server's answer as JSON.
    private JsonNode json(FeedHttp.Answer answer) throws FeedException {
        if (answer.status() != 200) {
            throw refused(answer);
        }
        if (!answer.type().equals("application/taxii+json")) {
            throw new FeedException(answer.at() + ": answers with \"" + cut(answer.type()) + "\"; expected "
                    + MEDIA_TYPE + ". Is that the address of a TAXII 2.1 server?");
        }
        try {
            JsonNode node = JSON.readTree(answer.body());
            if (!node.isObject()) {
                throw new FeedException(answer.at() + ": expected a JSON object");
            }
            return node;
        } catch (JacksonException e) {
            throw new FeedException(answer.at() + ": no JSON that is read: " + e.getOriginalMessage(), e);
        }
    }

    static FeedException refused(FeedHttp.Answer answer) {
        String why = switch (answer.status()) {
            case 401 -> "wants to know who asks; name a file with --credentials";
            case 403 -> "does not allow it to you";
            case 404 -> "is not there, or not for you";
            case 406 -> "does not speak TAXII 2.1";
            case 429, 503 ->
                "is busy"
                        + (answer.header("Retry-After").isEmpty()
                                ? ""
                                : "; ask again after " + cut(answer.header("Retry-After")));
            default -> "is answered with status " + answer.status();
        };
        String said = "";
        try {
            JsonNode node = answer.body().length > 0 ? JSON.readTree(answer.body()) : JSON.createObjectNode();
            said = (node.path("title").asString("") + " "
                            + node.path("description").asString(""))
                    .strip();
        } catch (JacksonException e) {
            // What it says is not for programs.
        }
        return new FeedException(answer.at() + ": " + why + (said.isEmpty() ? "" : " (it says: " + cut(said) + ")"));
    }

    private static String cut(String text) {
        return text.length() > 200 ? text.substring(0, 200) + "…" : text;
    }

    private FeedHttp.Answer get(URI address) throws IOException, InterruptedException {
        return http.get(address, Map.of("Accept", MEDIA_TYPE), PAGE);
    }

    /// The collections to which an address leads: of a server, of an API root, or the one that it is.
    /// Each ends with a slash.
    ///
    /// @param first what the server answered for the address
    List<String> collections(URI address, FeedHttp.Answer first) throws IOException, InterruptedException {
        URI at = slashed(first.at());
        JsonNode it = json(first);
        List<String> found = new ArrayList<>();
        if (it.has("can_read")) {
            found.add(at.toString());
        } else if (it.has("collections") || at.getPath().endsWith("/collections/")) {
            take(at, it, found);
        } else if (it.has("versions") && it.has("max_content_length")) {
            root(at, found);
        } else if (it.has("title")) {
            for (JsonNode root : it.path("api_roots")) {
                root(slashed(resolved(at, root.asString(""))), found);
            }
        }
        if (found.isEmpty()) {
            throw new FeedException(
                    address + ": leads to no collection that you may read. Name the collection's own address: "
                            + "https://HOST/ROOT/collections/ID/");
        }
        return found;
    }

    private void root(URI root, List<String> found) throws IOException, InterruptedException {
        URI collections = resolved(root, "collections/");
        take(collections, json(get(collections)), found);
    }

    private static void take(URI collections, JsonNode it, List<String> found) throws FeedException {
        for (JsonNode one : it.path("collections")) {
            String id = one.path("id").asString("");
            if (one.path("can_read").asBoolean(false) && id.matches("[A-Za-z0-9._~-]{1,200}")) {
                if (found.size() == MOST_COLLECTIONS) {
                    throw new FeedException(collections + ": more than " + MOST_COLLECTIONS + " collections; name those"
                            + " that you want");
                }
                found.add(resolved(collections, id + "/").toString());
            }
        }
    }

    /// What a server names, on the same server.
    private static URI resolved(URI at, String name) throws FeedException {
        try {
            URI to = at.resolve(name);
            if (at.getScheme().equalsIgnoreCase(to.getScheme())
                    && at.getAuthority().equalsIgnoreCase(to.getAuthority())) {
                return to;
            }
            throw new FeedException(at + ": names an API root of another server (" + cut(String.valueOf(to.getHost()))
                    + "), to which your credentials are not shown. If that is right, name its address.");
        } catch (IllegalArgumentException e) {
            throw new FeedException(at + ": names what is no address: \"" + cut(name) + "\"", e);
        }
    }

    private static URI slashed(URI address) {
        String text = address.toString();
        int query = text.indexOf('?');
        text = query < 0 ? text : text.substring(0, query);
        return URI.create(text.endsWith("/") ? text : text + "/");
    }

    /// Reads what was added since the feed's mark.
    Polled poll(Feed feed, IntelStore store, Instant now) throws IOException, InterruptedException {
        FeedStates states = store.feeds();
        Polled.Sum all = new Polled.Sum();
        StringBuilder held = new StringBuilder();
        String next = "";
        byte[] before = {};
        String mark = feed.mark();
        String begun = "";
        for (int pages = 0; ; pages++) {
            FeedHttp.Answer answer = get(page(feed, next));
            JsonNode page = json(answer);
            begun = begun.isEmpty() ? clock(answer) : begun;
            JsonNode objects = page.path("objects");
            for (JsonNode object : objects) {
                remember(feed, object, states);
                held.append(held.isEmpty() ? "" : ",").append(object);
            }
            String last = answer.header("X-TAXII-Date-Added-Last");
            boolean more = page.path("more").asBoolean(false);
            if (!last.isEmpty() && time(last) == null) {
                throw new FeedException(feed.url() + ": X-TAXII-Date-Added-Last is no time: \"" + cut(last) + "\"");
            }
            // Objects that were added at the same moment may be on both sides of a page's end.
            mark = last.isEmpty() ? mark : more ? before(last) : last;
            if (!more || held.length() > HELD) {
                if (!more && last.isEmpty() && !objects.isEmpty() && mark.equals(feed.mark())) {
                    mark = begun;
                }
                keep(feed, held, store, all, now);
                states.mark(feed.url(), mark);
                held.setLength(0);
            }
            if (!more) {
                return all.done(feed.url());
            }
            String following = page.path("next").asString("");
            // Some servers name all that is left by one token, which gives another page each time.
            boolean stands = objects.isEmpty() && (following.isEmpty() || following.equals(next))
                    || Arrays.equals(answer.body(), before);
            before = answer.body();
            if (stands || pages == MOST_PAGES) {
                throw new FeedException(feed.url() + ": says that there is more and gives it not; what came is kept");
            }
            if (following.isEmpty()) {
                // Without a token the next page is asked for by time (section 3.5).
                if (mark.equals(feed.mark())) {
                    throw new FeedException(feed.url() + ": says that there is more, but not from where on");
                }
                feed = feed.marked(mark);
            }
            next = following;
        }
    }

    private static URI page(Feed feed, String next) {
        StringBuilder url = new StringBuilder(feed.url()).append("objects/?limit=1000");
        if (!feed.mark().isEmpty()) {
            url.append("&added_after=").append(encoded(feed.mark()));
        }
        if (!next.isEmpty()) {
            url.append("&next=").append(encoded(next));
        }
        return URI.create(url.toString());
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    /// Who made objects and how they are marked is told once, and referred to by objects that come
    /// later.
    private static void remember(Feed feed, JsonNode object, FeedStates states) throws IOException {
        String type = object.path("type").asString("");
        String id = object.path("id").asString("");
        if ((type.equals("identity") || type.equals("marking-definition")) && !id.isEmpty()) {
            states.part(feed.url(), id, object.toString());
        }
    }

    private static void keep(Feed feed, StringBuilder held, IntelStore store, Polled.Sum all, Instant now)
            throws IOException {
        if (held.isEmpty()) {
            return;
        }
        StringBuilder envelope = new StringBuilder("{\"objects\":[");
        for (String known : store.feeds().parts(feed.url()).values()) {
            envelope.append(known).append(',');
        }
        envelope.append(held).append("]}");
        Gathered some = new Gathered();
        IntelDocument.read(envelope.toString(), feed.url(), feed.terms().observed(), some);
        List<ThreatIndicator> taken =
                some.indicators().stream().map(feed.terms()::applied).toList();
        all.add(some, store.merge(feed.url(), taken, now));
    }

    private static @org.jspecify.annotations.Nullable Instant time(String text) {
        try {
            return OffsetDateTime.parse(text).toInstant();
        } catch (DateTimeException e) {
            return null;
        }
    }

    private static String before(String time) {
        Instant at = time(time);
        return at == null ? time : stamp(at.minusNanos(1_000));
    }

    private static String stamp(Instant time) {
        return DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSS'Z'", java.util.Locale.ROOT)
                .format(time.atOffset(java.time.ZoneOffset.UTC));
    }

    /// The server's clock a minute ago; for servers that do not say when objects were added.
    private static String clock(FeedHttp.Answer answer) {
        try {
            return stamp(ZonedDateTime.parse(answer.header("Date"), DateTimeFormatter.RFC_1123_DATE_TIME)
                    .toInstant()
                    .minusSeconds(60));
        } catch (DateTimeException e) {
            return "";
        }
    }
}
