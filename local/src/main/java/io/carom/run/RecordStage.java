package io.carom.run;

import io.carom.event.EventBatch;
import io.carom.event.Finding;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Picks some records out of inputs that are read once more: the evidence of what was found when all was
/// read.
public final class RecordStage implements Stage {
    /// A record of an input.
    public record Place(String path, String client, long record) {}

    private final Set<Place> wanted;
    private final Set<String> paths = new HashSet<>();
    private final Map<Place, Finding.Evidence> found = new HashMap<>();

    public RecordStage(Set<Place> wanted) {
        this.wanted = Set.copyOf(wanted);
        wanted.forEach(w -> paths.add(w.path));
    }

    @Override
    public void take(Input input, EventBatch batch, Position position) {
        if (!paths.contains(input.path())) {
            return;
        }
        for (int row = 0; row < batch.rows(); row++) {
            Place place = new Place(input.path(), input.client(), batch.record(row));
            if (wanted.contains(place)) {
                found.put(place, EventEvidence.of(input, batch, row));
            }
        }
    }

    /// What the record says; null if it was not met again.
    public Finding.@Nullable Evidence evidence(Place place) {
        return found.get(place);
    }
}
