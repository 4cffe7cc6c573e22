package io.carom.source.user;

import io.carom.source.Line;
import io.carom.source.LineSource;
import io.carom.source.Row;
import io.carom.source.parse.KeyValues;
import java.util.List;

/// Lines of `name=value` as a mapping file describes them; asked after the products and before the generic
/// readers.
final class UserKeyValue implements LineSource {
    private final String name;
    private final String product;
    private final String prefix;
    private final List<String> required;
    private final RecordKinds kinds;
    private final ThreadLocal<KeyValues> cutter;

    UserKeyValue(String name, String product, String prefix, List<String> required, char separator, RecordKinds kinds) {
        this.name = name;
        this.product = product;
        this.prefix = prefix;
        this.required = required.stream().map(field -> field + "=").toList();
        this.kinds = kinds;
        this.cutter = ThreadLocal.withInitial(() -> new KeyValues(separator));
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public String product() {
        return product;
    }

    @Override
    public int rank() {
        return -50;
    }

    @Override
    public boolean claims(Line line) {
        if (start(line) < 0) {
            return false;
        }
        for (String field : required) {
            if (!hasName(line, field)) {
                return false;
            }
        }
        return true;
    }

    /// Where the pairs begin; -1 without the prefix. A prefix may look like a part of a syslog header.
    private int start(Line line) {
        if (line.at(line.from(), prefix)) {
            return line.from() + prefix.length();
        }
        return line.at(line.lineFrom(), prefix) ? line.lineFrom() + prefix.length() : -1;
    }

    private static boolean hasName(Line line, String field) {
        for (int at = line.indexOf(field, line.lineFrom()); at >= 0; at = line.indexOf(field, at + 1)) {
            if (at == line.lineFrom() || " ,;|\t".indexOf(line.bytes()[at - 1]) >= 0) {
                return true;
            }
        }
        return false;
    }

    @Override
    public void read(Line line, Row row) {
        cutter.get().parse(row, Math.max(start(line), line.lineFrom()), line.to());
        kinds.finish(row);
    }
}
