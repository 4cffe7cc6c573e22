package io.carom.lake;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.TimeZone;
import org.junit.jupiter.api.Test;

class SqlValueTest {
    private static String of(String value) throws SQLException {
        try (Connection duckdb = DriverManager.getConnection("jdbc:duckdb:");
                Statement statement = duckdb.createStatement();
                ResultSet rows = statement.executeQuery("SELECT " + value)) {
            rows.next();
            return String.valueOf(SqlValue.of(rows, 1));
        }
    }

    /// Where this machine stands is nothing to the events' times.
    @Test
    void anHourThatAZoneLeavesOutInSpringIsToldAsItIs() throws SQLException {
        TimeZone before = TimeZone.getDefault();
        try {
            TimeZone.setDefault(TimeZone.getTimeZone("Europe/Berlin"));
            assertEquals("2026-03-29T02:30:00Z", of("TIMESTAMP '2026-03-29 02:30:00'"));
            assertEquals("2026-03-29T03:30:00.250Z", of("TIMESTAMP '2026-03-29 03:30:00.25'"));
            assertEquals("2026-06-29T12:00:00Z", of("TIMESTAMPTZ '2026-06-29 12:00:00+00'"));
        } finally {
            TimeZone.setDefault(before);
        }
    }

    @Test
    void whatIsNoTextIsToldByWhatItHolds() throws SQLException {
        assertEquals("null", of("NULL::TIMESTAMP"));
        assertEquals("{a=1, b=null}", of("MAP {'a': 1, 'b': NULL}"));
        assertEquals("{a=[1, 2]}", of("{'a': [1, 2]}"));
        assertEquals("00ff41", of("'\\x00\\xFFA'::BLOB"));
    }
}
