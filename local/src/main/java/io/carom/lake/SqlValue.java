package io.carom.lake;

import java.sql.SQLException;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Values of DuckDB's own types as plain Java ones; times as ISO 8601 in UTC.
public final class SqlValue {
    private SqlValue() {}

    public static @Nullable Object plain(@Nullable Object value) throws SQLException {
        return switch (value) {
            case null -> null;
            case java.sql.Timestamp t ->
                t.toLocalDateTime().toInstant(ZoneOffset.UTC).toString();
            case java.time.LocalDateTime t -> t.toInstant(ZoneOffset.UTC).toString();
            case java.sql.Struct struct
            when struct instanceof org.duckdb.DuckDBStruct s -> {
                Map<String, @Nullable Object> members = new LinkedHashMap<>();
                for (Map.Entry<String, Object> member : s.getMap().entrySet()) {
                    members.put(member.getKey(), plain(member.getValue()));
                }
                yield members;
            }
            case java.sql.Array array -> {
                List<@Nullable Object> elements = new ArrayList<>();
                for (Object element : (Object[]) array.getArray()) {
                    elements.add(plain(element));
                }
                yield elements;
            }
            case Number n -> n;
            case Boolean b -> b;
            default -> value.toString();
        };
    }
}
