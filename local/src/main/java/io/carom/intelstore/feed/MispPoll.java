package io.carom.intelstore.feed;

import io.carom.intel.Gathered;
import io.carom.intel.IntelDocument;
import io.carom.intel.json.JsonTree;
import io.carom.intelstore.IntelStore;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Reads MISP feeds: a folder with `manifest.json`, which says of each event when it was changed, and
/// an event a file. Only events that changed are read; those that the manifest names no longer are
/// gone. A feed without a manifest is known by its `hashes.csv`, which names each value's event; then
/// all events are read.
final class MispPoll {
    private static final int MANIFEST = 64 << 20;
    private static final int EVENT = 64 << 20;
    private static final int MOST_EVENTS = 100_000;
    private static final Pattern UUID =
            Pattern.compile("[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}");
    private static final JsonMapper JSON = JsonMapper.builder(JsonTree.FACTORY).build();

    private final FeedHttp http;

    MispPoll(FeedHttp http) {
        this.http = http;
    }

    /// Whether an answer is a manifest.
    static boolean isManifest(FeedHttp.Answer answer) {
        String start = answer.body().length > 1 << 20 ? "" : answer.text().stripLeading();
        if (!answer.at().getPath().endsWith("/manifest.json") && !start.startsWith("{")) {
            return false;
        }
        try {
            JsonNode it = JSON.readTree(answer.body());
            return it.isObject()
                    && !it.isEmpty()
                    && it.propertyStream()
                            .allMatch(e -> UUID.matcher(e.getKey()).matches()
                                    && e.getValue().has("info"));
        } catch (JacksonException e) {
            return false;
        }
    }

    /// The events of a feed, each with what changes when it does; empty where neither file is there.
    Map<String, String> events(String folder) throws IOException, InterruptedException {
        FeedHttp.Answer manifest = http.get(URI.create(folder + "manifest.json"), Map.of(), MANIFEST);
        if (manifest.status() == 200) {
            return manifest(folder, manifest);
        }
        if (manifest.status() != 404) {
            throw TaxiiPoll.refused(manifest);
        }
        FeedHttp.Answer hashes = http.get(URI.create(folder + "hashes.csv"), Map.of(), MANIFEST);
        if (hashes.status() != 200) {
            return Map.of();
        }
        Map<String, String> events = new TreeMap<>();
        hashes.text().lines().forEach(line -> {
            String event = line.substring(line.indexOf(',') + 1).strip().toLowerCase(Locale.ROOT);
            if (UUID.matcher(event).matches()) {
                // Its values together tell whether it changed.
                events.merge(
                        event,
                        Integer.toHexString(line.hashCode()),
                        (a, b) -> Long.toHexString(Long.parseUnsignedLong(a, 16) * 31 + Long.parseUnsignedLong(b, 16)));
            }
        });
        return bounded(folder, events);
    }

    private static Map<String, String> manifest(String folder, FeedHttp.Answer answer) throws FeedException {
        Map<String, String> events = new TreeMap<>();
        try {
            JsonNode it = JSON.readTree(answer.body());
            if (!it.isObject()) {
                throw new FeedException(answer.at() + ": expected a JSON object with an event a member");
            }
            for (Map.Entry<String, JsonNode> event : it.properties()) {
                String uuid = event.getKey().toLowerCase(Locale.ROOT);
                if (!UUID.matcher(uuid).matches()) {
                    throw new FeedException(answer.at() + ": names an event by what is no UUID");
                }
                events.put(
                        uuid,
                        event.getValue()
                                .path("timestamp")
                                .asString(event.getValue().toString()));
            }
        } catch (JacksonException e) {
            throw new FeedException(answer.at() + ": no JSON that is read: " + e.getOriginalMessage(), e);
        }
        return bounded(folder, events);
    }

    private static Map<String, String> bounded(String folder, Map<String, String> events) throws FeedException {
        if (events.size() > MOST_EVENTS) {
            throw new FeedException(folder + ": more than " + MOST_EVENTS + " events");
        }
        return events;
    }

    /// Whether an answer is JSON to its end. A page that asks to sign in, or half an event, takes nothing
    /// back.
    private static boolean isWhole(FeedHttp.Answer answer) {
        try (JsonParser json =
                JsonTree.FACTORY.createParser(ObjectReadContext.empty(), new ByteArrayInputStream(answer.body()))) {
            boolean any = false;
            while (json.nextToken() != null) {
                any = true;
            }
            return any;
        } catch (JacksonException e) {
            return false;
        }
    }

    List<Polled> poll(Feed feed, IntelStore store, Instant now) throws IOException, InterruptedException {
        FeedStates states = store.feeds();
        Map<String, String> events = events(feed.url());
        Map<String, String> before = states.parts(feed.url());
        List<Polled> polled = new ArrayList<>();
        for (Map.Entry<String, String> event : events.entrySet()) {
            if (event.getValue().equals(before.remove(event.getKey()))) {
                continue;
            }
            URI address = URI.create(feed.url() + event.getKey() + ".json");
            FeedHttp.Answer answer = http.get(address, Map.of(), EVENT);
            if (answer.status() != 200) {
                Gathered none = new Gathered();
                none.fault(String.valueOf(TaxiiPoll.refused(answer).getMessage()));
                polled.add(Polled.of(address.toString(), none, new IntelStore.Change(0, 0, 0, 0)));
                continue;
            }
            if (!isWhole(answer)) {
                Gathered none = new Gathered();
                none.fault(address + ": no JSON that is read to its end; what it said before stands");
                polled.add(Polled.of(address.toString(), none, new IntelStore.Change(0, 0, 0, 0)));
                continue;
            }
            Gathered read = new Gathered();
            IntelDocument.read(
                    new ByteArrayInputStream(answer.body()),
                    address.toString(),
                    feed.terms().observed(),
                    feed.terms().unsure(),
                    read);
            IntelStore.Change change = store.add(
                    address.toString(),
                    read.indicators().stream().map(feed.terms()::applied).toList(),
                    now);
            states.part(feed.url(), event.getKey(), event.getValue());
            polled.add(Polled.of(address.toString(), read, change));
        }
        for (String gone : before.keySet()) {
            String address = feed.url() + gone + ".json";
            polled.add(Polled.of(address, new Gathered(), store.add(address, List.of(), now)));
            states.noPart(feed.url(), gone);
        }
        return polled;
    }
}
