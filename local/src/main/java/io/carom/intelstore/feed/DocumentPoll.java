package io.carom.intelstore.feed;

import io.carom.intel.Gathered;
import io.carom.intel.IntelDocument;
import io.carom.intelstore.IntelFiles;
import io.carom.intelstore.IntelStore;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// Reads a single document of any format, compressed or not: a list, a CSV feed, a bundle. The server
/// is asked whether it changed since.
final class DocumentPoll {
    private final FeedHttp http;

    DocumentPoll(FeedHttp http) {
        this.http = http;
    }

    List<Polled> poll(Feed feed, IntelStore store, Instant now) throws IOException, InterruptedException {
        Path folder = Files.createTempDirectory("carom-feed");
        try {
            String path = URI.create(feed.url()).getPath();
            String name = path.substring(path.lastIndexOf('/') + 1).replaceAll("[^A-Za-z0-9._-]", "_");
            Path file = folder.resolve(name.isEmpty() || name.startsWith(".") ? "feed" : name);
            Map<String, String> headers = new LinkedHashMap<>();
            if (!feed.mark().isEmpty()) {
                headers.put(
                        feed.mark().startsWith("W/") || feed.mark().startsWith("\"")
                                ? "If-None-Match"
                                : "If-Modified-Since",
                        feed.mark());
            }
            FeedHttp.Answer answer = http.get(URI.create(feed.url()), headers, IntelDocument.MAX_BYTES, file);
            if (answer.status() == 304) {
                return List.of();
            }
            if (answer.status() != 200) {
                throw TaxiiPoll.refused(answer);
            }
            List<Polled> polled = read(feed, store, file, now);
            String mark = answer.header("ETag");
            store.feeds().mark(feed.url(), mark.isEmpty() ? answer.header("Last-Modified") : mark);
            return polled;
        } finally {
            try (Stream<Path> all = Files.walk(folder)) {
                for (Path one : all.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(one);
                }
            }
        }
    }

    private static List<Polled> read(Feed feed, IntelStore store, Path file, Instant now) throws IOException {
        List<String> refused = new ArrayList<>();
        List<Polled> polled = new ArrayList<>();
        for (IntelFiles.Document document : IntelFiles.read(
                List.of(file.toString()), feed.terms().observed(), feed.terms().unsure(), refused)) {
            String path = document.path().replace(file.toString(), feed.url());
            Gathered gathered = document.gathered();
            // A document of which nothing could be read says nothing; what it said before stands.
            IntelStore.Change change = gathered.indicators().isEmpty()
                    ? new IntelStore.Change(0, 0, 0, 0)
                    : store.add(
                            path,
                            gathered.indicators().stream()
                                    .map(feed.terms()::applied)
                                    .map(i -> placed(i, file, feed.url()))
                                    .toList(),
                            now);
            List<String> faults = new ArrayList<>(gathered.faults().stream()
                    .map(f -> f.replace(file.toString(), feed.url()))
                    .toList());
            if (gathered.indicators().isEmpty() && faults.isEmpty()) {
                faults.add(path + ": it holds no indicator; what it said before stands");
            }
            polled.add(new Polled(path, gathered.indicators().size(), faults, gathered.left(), change));
        }
        for (String one : refused) {
            polled.add(new Polled(
                    feed.url(),
                    0,
                    List.of(one.replace(file.toString(), feed.url())),
                    Map.of(),
                    new IntelStore.Change(0, 0, 0, 0)));
        }
        return polled;
    }

    private static io.carom.intel.ThreatIndicator placed(io.carom.intel.ThreatIndicator one, Path file, String url) {
        var facts = one.facts().draft();
        facts.origin = facts.origin.replace(file.toString(), url);
        return new io.carom.intel.ThreatIndicator(one.type(), one.value(), facts.done());
    }
}
