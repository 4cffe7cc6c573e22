package io.carom.lake;

import io.carom.detect.indicator.IndicatorSet;
import io.carom.detect.indicator.ObservableKeys;
import io.carom.event.Attribute;
import io.carom.event.Column;
import io.carom.event.EventBatch;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.apache.iceberg.Schema;

/// The plain loop that a hunt must equal: every kept value is put to every indicator.
public final class KeptScan {
    /// What was found of each indicator, by its number: events, times of the first and last.
    public record Found(long[] count, long[] first, long[] last) {}

    private KeptScan() {}

    public static Found of(Path home, Set<String> clients, IndicatorSet set) throws IOException {
        Found found = new Found(new long[set.size()], new long[set.size()], new long[set.size()]);
        Arrays.fill(found.first, Long.MAX_VALUE);
        Arrays.fill(found.last, Long.MIN_VALUE);
        long[] lastRow = new long[set.size()];
        Arrays.fill(lastRow, -1);
        long[] row = {0};
        ObservableKeys keys = new ObservableKeys();
        try (Lake lake = Lake.open(home);
                KeptRows rows = new KeptRows()) {
            Columns columns = new Columns(lake);
            for (Catalog.Row file : lake.catalog().rows("SELECT * FROM carom_files ORDER BY path")) {
                String table = file.text("class");
                if (!clients.contains(file.text("client")) || !LakeWriter.isIceberg(table)) {
                    continue;
                }
                Map<String, Attribute> places = columns.of(file);
                rows.read(table, lake.root().resolve(file.text("path")), places, batch -> {
                    batch(batch, set, keys, found, lastRow, row[0]);
                    row[0] += batch.rows();
                });
            }
        }
        return found;
    }

    /// Which columns of a file hold observables.
    static final class Columns {
        private final Tables tables;
        private final Map<String, Attribute> known;

        Columns(Lake lake) throws IOException {
            tables = new Tables(
                    lake.catalog(), lake.root(), new LocalFiles(LakeWriter.places(lake.catalog()), lake.root()));
            known = KeptRows.places(KeptSightings.knownPlaces(lake.catalog()));
        }

        Map<String, Attribute> of(Catalog.Row file) {
            Schema schema = Objects.requireNonNull(tables.existing(file.text("client"), file.text("class"))
                    .schemas()
                    .get((int) file.number("layout")));
            Map<String, Attribute> places = new TreeMap<>(known);
            places.keySet().removeIf(place -> schema.findField(place) == null);
            return places;
        }
    }

    private static void batch(
            EventBatch batch, IndicatorSet set, ObservableKeys keys, Found found, long[] lastRow, long base) {
        for (int row = 0; row < batch.rows(); row++) {
            long event = base + row;
            long time = batch.number(Attribute.TIME, row, 0);
            for (Column column : batch.columns()) {
                int type = ObservableKeys.type(column.attribute());
                for (int i = 0; type != ObservableKeys.NONE && i < column.count(row); i++) {
                    long slice = column.value(row, i);
                    keys.of(batch.arena(), Column.from(slice), Column.length(slice), type, (kind, b, from, to) -> {
                        set.each(kind, b, from, to, n -> {
                            if (lastRow[n] != event) {
                                lastRow[n] = event;
                                found.count[n]++;
                                found.first[n] = Math.min(found.first[n], time);
                                found.last[n] = Math.max(found.last[n], time);
                            }
                        });
                        return true;
                    });
                }
            }
        }
    }
}
