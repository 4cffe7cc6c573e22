package io.carom.lake;

import java.io.IOException;
import java.io.InputStream;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Values of DuckDB's own types as plain Java ones; times as ISO 8601 in UTC.
public final class SqlValue {
    private SqlValue() {}

    /// A value of a row that is at hand. A time is asked for as it stands there: made a
    /// `java.sql.Timestamp` first, it is an hour later where this machine's zone leaves its hour out in
    /// spring.
    public static @Nullable Object of(ResultSet rows, int column) throws SQLException {
        return plain(
                rows.getMetaData().getColumnType(column) == Types.TIMESTAMP
                        ? rows.getObject(column, LocalDateTime.class)
                        : rows.getObject(column));
    }

    public static @Nullable Object plain(@Nullable Object value) throws SQLException {
        return switch (value) {
            case null -> null;
            case java.sql.Timestamp t ->
                t.toLocalDateTime().toInstant(ZoneOffset.UTC).toString();
            case LocalDateTime t -> t.toInstant(ZoneOffset.UTC).toString();
            case java.time.OffsetDateTime t -> t.toInstant().toString();
            case java.sql.Blob bytes -> hex(bytes);
            case Map<?, ?> map -> {
                Map<String, @Nullable Object> members = new LinkedHashMap<>();
                for (Map.Entry<?, ?> member : map.entrySet()) {
                    members.put(String.valueOf(plain(member.getKey())), plain(member.getValue()));
                }
                yield members;
            }
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

    private static String hex(java.sql.Blob bytes) throws SQLException {
        try (InputStream in = bytes.getBinaryStream()) {
            return HexFormat.of().formatHex(in.readAllBytes());
        } catch (IOException e) {
            throw new SQLException("bytes that cannot be read", e);
        }
    }
}
