package io.carom.taxii;

import io.carom.home.HomeDatabase;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.util.List;

/// The file `taxii.db` of a home.
///
/// A stratum is a kind of row of one collection: type, version of STIX, marking, and whether the row is
/// an object's first or last version and of its newest version of STIX. Every filter of TAXII is a
/// choice of strata, so a page is merged from few ranges of one index, wherever in the collection it
/// begins.
final class TaxiiDatabase {
    private static final String[] TABLES = {
        """
        CREATE TABLE IF NOT EXISTS collections (
            n INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, client TEXT, title TEXT NOT NULL,
            description TEXT NOT NULL, last_added INTEGER NOT NULL DEFAULT 0)""",
        // A client has one, and there is one that is shared.
        "CREATE UNIQUE INDEX IF NOT EXISTS collections_client ON collections (coalesce(client, ''))",
        """
        CREATE TABLE IF NOT EXISTS strata (
            n INTEGER PRIMARY KEY, collection INTEGER NOT NULL, type TEXT NOT NULL, spec TEXT NOT NULL,
            tlp INTEGER NOT NULL, newest INTEGER NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL,
            UNIQUE (collection, type, spec, tlp, newest, first, last))""",
        """
        CREATE TABLE IF NOT EXISTS names (
            n INTEGER PRIMARY KEY, collection INTEGER NOT NULL, id TEXT NOT NULL, UNIQUE (collection, id))""",
        """
        CREATE TABLE IF NOT EXISTS objects (
            n INTEGER PRIMARY KEY, name INTEGER NOT NULL, stratum INTEGER NOT NULL, added INTEGER NOT NULL,
            version INTEGER NOT NULL, digest TEXT NOT NULL, json TEXT NOT NULL)""",
        "CREATE INDEX IF NOT EXISTS objects_page ON objects (stratum, added)",
        "CREATE INDEX IF NOT EXISTS objects_version ON objects (stratum, version, added)",
        "CREATE INDEX IF NOT EXISTS objects_name ON objects (name, stratum, added)",
        "CREATE INDEX IF NOT EXISTS objects_name_version ON objects (name, version)",
        """
        CREATE TABLE IF NOT EXISTS statuses (
            id TEXT PRIMARY KEY, account TEXT NOT NULL, at INTEGER NOT NULL, json TEXT NOT NULL) WITHOUT ROWID""",
        // Another's status is looked for like one that is not there.
        "CREATE INDEX IF NOT EXISTS statuses_of ON statuses (account, id)",
    };

    private TaxiiDatabase() {}

    static Path file(Path home) {
        return home.resolve("taxii.db");
    }

    static Connection open(Path home) throws IOException {
        return HomeDatabase.open(file(home), List.of(TABLES));
    }
}
