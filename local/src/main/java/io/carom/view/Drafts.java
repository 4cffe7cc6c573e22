package io.carom.view;

import io.carom.advise.Packages;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Packages that were looked at and not sent yet: what is sent is what was looked at. The oldest go when
/// they are too many. For any number of threads.
final class Drafts {
    private static final int MOST = 64;
    private static final long MOST_BYTES = 128L << 20;

    private final Map<String, Packages.Draft> drafts = new LinkedHashMap<>();
    private long bytes;

    private static String key(String client, String id, String severity, String tlp) {
        return client + "\0" + id + "\0" + severity + "\0" + tlp;
    }

    private static long size(Packages.Draft draft) {
        return draft.files().values().stream().mapToLong(f -> f.length).sum();
    }

    synchronized void keep(Packages.Draft draft) {
        Packages.Draft before = drafts.remove(key(draft));
        bytes += size(draft) - (before == null ? 0 : size(before));
        drafts.put(key(draft), draft);
        Iterator<Packages.Draft> all = drafts.values().iterator();
        while (drafts.size() > 1 && (drafts.size() > MOST || bytes > MOST_BYTES)) {
            bytes -= size(all.next());
            all.remove();
        }
    }

    private static String key(Packages.Draft draft) {
        return key(
                draft.advice().client(),
                draft.id(),
                draft.severity(),
                draft.advice().tlp().label());
    }

    synchronized Packages.@Nullable Draft of(String client, String id) {
        Packages.Draft found = null;
        for (Packages.Draft one : drafts.values()) {
            if (one.advice().client().equals(client) && one.id().equals(id)) {
                found = one;
            }
        }
        return found;
    }
}
