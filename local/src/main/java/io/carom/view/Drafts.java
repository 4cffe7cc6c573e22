package io.carom.view;

import io.carom.advise.Packages;
import io.carom.intel.Tlp;
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
    /// By client, marking and severity: the latest, and what the home was like when it was made.
    private final Map<String, Latest> latest = new LinkedHashMap<>();

    private record Latest(String state, Packages.Draft draft) {}

    private long bytes;

    private static String key(String client, String id, String severity, String tlp) {
        return client + "\0" + id + "\0" + severity + "\0" + tlp;
    }

    private static long size(Packages.Draft draft) {
        return draft.files().values().stream().mapToLong(f -> f.length).sum();
    }

    /// The latest that was made for a client; null if the home is another one since.
    ///
    /// @param state a text that differs once the home does
    synchronized Packages.@Nullable Draft latest(String client, Tlp tlp, String severity, String state) {
        Latest known = latest.get(key(client, "", severity, tlp.label()));
        return known != null && known.state.equals(state) ? known.draft : null;
    }

    /// Keeps one that was made when the home was like that.
    synchronized void keep(Packages.Draft draft, String state) {
        String key = key(
                draft.advice().client(),
                "",
                draft.severity(),
                draft.advice().tlp().label());
        latest.remove(key);
        latest.put(key, new Latest(state, draft));
        if (latest.size() > MOST) {
            latest.remove(latest.keySet().iterator().next());
        }
        keep(draft);
    }

    private void keep(Packages.Draft draft) {
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
