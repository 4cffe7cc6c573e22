package io.carom.source.user;

import io.carom.source.JsonSource;
import io.carom.source.Row;

/// JSON objects as a mapping file describes them; asked after the products and before the generic readers.
record UserJson(String name, String product, int[] required, RecordKinds kinds) implements JsonSource {
    @Override
    public int rank() {
        return -50;
    }

    @Override
    public boolean claims(Row row) {
        for (int field : required) {
            if (!row.has(field)) {
                return false;
            }
        }
        return true;
    }

    @Override
    public void read(Row row) {
        kinds.finish(row);
    }
}
