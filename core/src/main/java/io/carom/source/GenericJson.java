package io.carom.source;

import com.google.auto.service.AutoService;

/// Any JSON object that no product's format claims, read by what its field names say.
///
/// See {@link FieldRole} for the names and {@link GenericFields} for what becomes of them. Every object is
/// claimed.
@AutoService(Source.class)
public final class GenericJson implements JsonSource {
    @Override
    public String name() {
        return "generic-json";
    }

    @Override
    public String product() {
        return "JSON of products without a reader of their own";
    }

    @Override
    public int rank() {
        return -100;
    }

    @Override
    public boolean claims(Row row) {
        return true;
    }

    @Override
    public void read(Row row) {
        GenericFields.own().finish(row, 0, 0);
    }
}
