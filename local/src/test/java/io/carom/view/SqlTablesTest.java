package io.carom.view;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What a question in SQL reads, and what it may not.
class SqlTablesTest {
    private static Set<String> of(String sql) throws Exception {
        return SqlTables.of(sql, Set.of("network_activity", "rejects"), Set.of("acme"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "select * from network_activity",
                "select count(*) from Network_Activity n where n.src_endpoint.ip = '10.1.2.3' order by 1 limit 3",
                "select * from acme.network_activity",
                "select * from main.network_activity",
                "with a as (select * from network_activity), b as (select * from a)"
                        + " select * from b join a using (\"time\")",
                "with recursive n(i) as (select 1 union all select i + 1 from n where i < 5)"
                        + " select * from n, network_activity",
                "select (select count(*) from network_activity) + i from range(3) t(i)",
                "select * from network_activity where exists (select 1 from unnest([1, 2]) u(x) where x = 1)",
                "select * from generate_series(1, 3), network_activity",
                "select * from (values (1, 'a')) v(a, b) left join network_activity on true",
                "select 1 union all select count(*) from network_activity",
                "describe network_activity",
                "describe select * from network_activity"
            })
    void tablesInSightAreRead(String sql) throws Exception {
        assertEquals(Set.of("network_activity"), of(sql), sql);
    }

    @Test
    void aQuestionMayReadNothing() throws Exception {
        assertEquals(Set.of(), of("select 1 as one, [2, 3] as more"));
        assertEquals(Set.of("network_activity", "rejects"), of("select * from rejects, network_activity"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "select * from process_activity",
                "select * from globex.network_activity",
                "select * from temp.network_activity",
                "select * from system.information_schema.tables",
                "select * from information_schema.tables",
                "select * from pg_catalog.pg_tables",
                "select * from duckdb_settings",
                "select * from duckdb_settings()",
                "select * from duckdb_views()",
                "select * from duckdb_temporary_files()",
                "select * from duckdb_logs",
                "select * from sqlite_master",
                "select * from pragma_database_list",
                "select * from pragma_table_info('network_activity')",
                "select * from enable_logging()",
                "select * from enable_profiling()",
                "select * from glob('.tmp/*')",
                "select * from read_blob('.tmp/*')",
                "select * from read_text('/etc/passwd')",
                "select * from read_parquet('lake/globex/**/*.parquet')",
                "select * from parquet_metadata('lake/globex/a.parquet')",
                "select * from query('select 1')",
                "select * from query_table('duckdb_settings')",
                "select * from 'lake/globex/a.parquet'",
                "select * from \".tmp/duckdb_temp_storage.tmp\"",
                "select * from network_activity, duckdb_settings()",
                "select (select count(*) from glob('/*')) from network_activity",
                "select * from network_activity where exists (select 1 from read_blob('.tmp/*'))",
                "with a as (select * from read_blob('.tmp/*')) select * from a",
                "with sqlite_master as (select * from sqlite_master) select * from sqlite_master",
                "select * from (with duckdb_settings as (select 1) select * from duckdb_settings), duckdb_settings",
                "with \".tmp/x.parquet\" as (select 1) select * from \".tmp/x.parquet\"",
                "show all tables",
                "show tables",
                "show databases",
                "describe",
                "summarize globex.network_activity",
                "select * from (describe duckdb_settings)",
                "set temp_directory = '.tmp'",
                "pragma enable_profiling",
                "call enable_logging()",
                "copy (select 1) to 'x.csv'",
                "with a as (insert into network_activity select * from network_activity returning *) select * from a",
                "with a as (delete from network_activity returning *) select * from a",
                "with a as (copy (select 1) to 'x.csv') select * from a",
                "attach 'cases.db'",
                "explain select 1",
                "select 1; select 2",
                ""
            })
    void nothingElseIs(String sql) {
        assertThrows(EventsView.QuestionException.class, () -> of(sql), sql);
    }

    @Test
    void whatIsRefusedIsToldByName() {
        EventsView.QuestionException table =
                assertThrows(EventsView.QuestionException.class, () -> of("select * from nowhere"));
        assertEquals(
                "No table in sight is called \"nowhere\". There are network_activity, rejects.", table.getMessage());
        EventsView.QuestionException made =
                assertThrows(EventsView.QuestionException.class, () -> of("select * from read_csv('a.csv')"));
        assertTrue(String.valueOf(made.getMessage()).startsWith("\"read_csv\" is not asked here"), made.getMessage());
    }
}
