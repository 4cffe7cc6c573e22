package io.carom.detect.sigma.engine;

import io.carom.event.FieldNames;
import java.util.Arrays;

/// Names of native fields as rules write them: without spaces (Sigma rules specification 2.1, "Field
/// Usage"), so that `Threat Name` is asked as `ThreatName`. For one thread.
final class SpacelessNames {
    private int[] ids = new int[0];

    /// The id of the name without its spaces; the same id for a name that has none.
    int of(int id) {
        if (id >= ids.length) {
            int known = ids.length;
            ids = Arrays.copyOf(ids, Math.max(id + 1, known * 2));
            Arrays.fill(ids, known, ids.length, -1);
        }
        int spaceless = ids[id];
        if (spaceless < 0) {
            String name = FieldNames.name(id);
            spaceless = name.indexOf(' ') < 0 ? id : FieldNames.of(name.replace(" ", ""));
            ids[id] = spaceless;
        }
        return spaceless;
    }
}
