package io.carom.report;

import io.carom.event.Attribute;
import io.carom.event.Column;
import io.carom.event.EventBatch;
import io.carom.event.SourceNames;
import io.carom.incident.TimeSpread;
import io.carom.run.Input;
import io.carom.run.Stage;
import java.util.Map;
import java.util.TreeMap;

/// How far back the logs of each client reach, by source, and where nothing is in them.
///
/// A stage of the line: give it every batch. Bounded by the number of clients and sources times
/// {@link TimeSpread#MAX_SLOTS}.
public final class Reach implements Stage {
    private final Map<String, Map<String, TimeSpread>> spreads = new TreeMap<>();

    @Override
    public void take(Input input, EventBatch batch, Position position) {
        Column time = batch.column(Attribute.TIME);
        if (time == null) {
            return;
        }
        Map<String, TimeSpread> ofClient = spreads.computeIfAbsent(input.client(), c -> new TreeMap<>());
        int source = -1;
        TimeSpread spread = null;
        for (int row = 0; row < batch.rows(); row++) {
            if (!time.has(row)) {
                continue;
            }
            if (spread == null || batch.source(row) != source) {
                source = batch.source(row);
                spread = ofClient.computeIfAbsent(SourceNames.name(source), s -> new TimeSpread());
            }
            spread.add(time.value(row));
        }
    }

    /// Enters one event's time, for callers that have no batch.
    public void add(String client, String source, long time) {
        spreads.computeIfAbsent(client, c -> new TreeMap<>())
                .computeIfAbsent(source, s -> new TimeSpread())
                .add(time);
    }

    /// By client and source.
    public Map<String, Map<String, TimeSpread>> spreads() {
        return spreads;
    }
}
