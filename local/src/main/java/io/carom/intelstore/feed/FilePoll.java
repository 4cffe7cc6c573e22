package io.carom.intelstore.feed;

import io.carom.intelstore.IntelFiles;
import io.carom.intelstore.IntelStore;
import io.carom.source.input.Inputs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/// Looks at files and folders of this machine, where a partner or another program lays its lists: what changed is read,
/// and of what is no longer there all that it said is gone.
final class FilePoll {
    private final IntelStore store;

    FilePoll(IntelStore store) {
        this.store = store;
    }

    List<Polled> poll(Feed feed, Instant now) throws IOException {
        Map<String, String> before = store.feeds().parts(feed.url());
        Map<String, String> files = new TreeMap<>();
        Inputs.Listing listing = Inputs.list(List.of(feed.url()));
        if (!listing.missing().isEmpty()) {
            // A disk that is not mounted says nothing, as a server that does not answer: what it said stands.
            throw new FeedException(String.join("; ", listing.missing()));
        }
        for (String file : listing.files()) {
            Path path = Path.of(file);
            files.put(file, Files.getLastModifiedTime(path) + " " + Files.size(path));
        }
        List<Polled> polled = new ArrayList<>();
        for (Map.Entry<String, String> file : files.entrySet()) {
            if (!file.getValue().equals(before.get(file.getKey()))) {
                polled.addAll(read(feed, file.getKey(), now));
                store.feeds().part(feed.url(), file.getKey(), file.getValue());
            }
        }
        for (String file : before.keySet()) {
            if (!files.containsKey(file)) {
                for (String document : store.documents(file)) {
                    polled.add(new Polled(document, 0, List.of(), Map.of(), store.add(document, List.of(), now)));
                }
                store.feeds().noPart(feed.url(), file);
            }
        }
        return polled;
    }

    private List<Polled> read(Feed feed, String file, Instant now) throws IOException {
        List<String> refused = new ArrayList<>();
        List<Polled> polled = new ArrayList<>();
        Set<String> before = store.documents(file);
        for (IntelFiles.Document document : IntelFiles.read(
                List.of(file), feed.terms().observed(), feed.terms().unsure(), refused)) {
            // A document of which nothing could be read says nothing; what it said before stands.
            IntelStore.Change change = document.gathered().indicators().isEmpty()
                    ? new IntelStore.Change(0, 0, 0, 0)
                    : store.add(
                            document.path(),
                            document.gathered().indicators().stream()
                                    .map(feed.terms()::applied)
                                    .toList(),
                            now);
            polled.add(Polled.of(document.path(), document.gathered(), change));
            before.remove(document.path());
        }
        if (refused.isEmpty()) {
            // What an archive holds no longer.
            for (String document : before) {
                polled.add(new Polled(document, 0, List.of(), Map.of(), store.add(document, List.of(), now)));
            }
        }
        for (String one : refused) {
            polled.add(new Polled(file, 0, List.of(one), Map.of(), new IntelStore.Change(0, 0, 0, 0)));
        }
        return polled;
    }
}
