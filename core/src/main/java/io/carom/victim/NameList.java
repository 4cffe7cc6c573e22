package io.carom.victim;

import io.carom.intel.json.JsonTree;
import io.carom.intel.json.JsonValue;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;

/// Finds the names in what was taken down from an intruder's server: plain lines, listings (`ls -l`, `dir`,
/// `tree`, `find`, `unzip -l`, `7z l`, `tar tv`), CSV with a header, passive DNS as NDJSON (`rrname`), a
/// ransom note.
public final class NameList {
    /// A longer line is cut here.
    public static final int MAX_LINE = 1 << 16;

    private static final Set<String> COLUMNS = Set.of(
            "value",
            "name",
            "rrname",
            "host",
            "hostname",
            "fqdn",
            "domain",
            "query",
            "file",
            "filename",
            "file_name",
            "path",
            "folder",
            "directory",
            "url",
            "victim",
            "indicator");

    /// `drwxr-xr-x 2 root root 4096 Apr 15 2019 name`, and tar's `-rw-r--r-- user/group 12 2019-04-15 10:00
    /// name`.
    private static final Pattern UNIX = Pattern.compile(
            "[-dlbcps][-rwxsStT]{9}[+.@]?\\s+(?:\\d+\\s+\\S+\\s+\\S+|\\S+/\\S+|\\d+)\\s+[\\d,.]+[KMGTkmgt]?\\s+"
                    + "(?:\\d{4}-\\d\\d-\\d\\d\\s+\\d\\d:\\d\\d(?::\\d\\d(?:\\.\\d+)?)?(?:\\s+[-+]\\d{4})?"
                    + "|\\p{L}{3,4}\\.?\\s+\\d{1,2}\\s+(?:\\d{4}|\\d\\d:\\d\\d))\\s+(.+)");
    /// `04/15/2019  10:00 AM    <DIR>          name`
    private static final Pattern DOS = Pattern.compile(
            "\\d{1,4}[-./]\\d{1,2}[-./]\\d{2,4},?\\s+\\d{1,2}:\\d\\d(?::\\d\\d)?(?:\\s*[AaPp]\\.?[Mm]\\.?)?\\s+"
                    + "(?:<[A-Z]+>|[\\d.,\\u00a0]+)\\s+(.+)");
    /// `     1234  2019-04-15 10:00   name`
    private static final Pattern UNZIP = Pattern.compile("\\d+\\s+\\d{2,4}-\\d\\d-\\d{2,4}\\s+\\d\\d:\\d\\d\\s+(.+)");
    /// `2019-04-15 10:00:00 D....            0            0  name`
    private static final Pattern SEVEN_ZIP =
            Pattern.compile("\\d{4}-\\d\\d-\\d\\d\\s+\\d\\d:\\d\\d:\\d\\d\\s+[DRHSA.]{5}\\s+(?:\\d+\\s+){0,2}(.+)");
    /// `d-----        4/15/2019  10:00 AM                name`, and of a file with its size: PowerShell.
    private static final String WRITTEN =
            "\\s+\\d{1,4}[-./]\\d{1,2}[-./]\\d{2,4}\\s+\\d{1,2}:\\d\\d(?::\\d\\d)?(?:\\s*[AaPp]\\.?[Mm]\\.?)?\\s+";

    private static final Pattern SHELL_FOLDER = Pattern.compile("d[a-][r-][h-][s-][l-]?" + WRITTEN + "(.+)");
    private static final Pattern SHELL_FILE = Pattern.compile("[l-][a-][r-][h-][s-][l-]?" + WRITTEN + "\\d+\\s+(.+)");
    private static final Pattern TREE =
            Pattern.compile("[\\s│|├└─`+\\\\-]*(?:├─{2,}|└─{2,}|\\|--|`--|\\+---|\\\\---)\\s*(.+)");
    /// A file in Windows' `tree /f`: `│   name`.
    private static final Pattern LEAF = Pattern.compile("[│|](?:\\s+[│|]){0,40}\\s{2,}(\\S.*)");
    /// Lines of listings that name nothing.
    private static final Pattern FRAME = Pattern.compile(
            "total \\d+|\\.{1,2}/?|[-=\\s]+|\\s*\\d+ (?:File|Dir)\\(s\\).*|\\s*Volume (?:in drive|Serial).*|Archive:.*"
                    + "|\\s*Length\\s+Date\\s+Time\\s+Name|\\d+ director(?:y|ies), \\d+ files?"
                    + "|\\s*Mode\\s+LastWriteTime\\s+Length\\s+Name\\s*|Folder PATH listing.*|Volume serial number is.*"
                    + "|[A-Za-z]:\\.|\\s*Datenträger in Laufwerk .*|\\s*Volumeseriennummer:.*"
                    + "|\\s*\\d+ (?:Datei|Verzeichnis)\\((?:en|se)\\).*|\\s*Le volume dans le lecteur .*"
                    + "|\\s*Le numéro de série du volume .*|\\s*\\d+ (?:fichier|Rép)\\(s\\).*"
                    + "|\\s*El volumen de la unidad .*|\\s*El número de serie del volumen .*");
    private static final Pattern OF = Pattern.compile("\\s*Directory of (.+)");
    /// As Windows says it in other languages, and PowerShell.
    private static final Pattern OF_PATH = Pattern.compile("\\s*(?:Directory|Verzeichnis|Répertoire|Directorio|Cartella"
            + "|Pasta|Mapa|Katalog|Каталог)(?:\\s*:| von| de| di)?\\s+((?:[A-Za-z]:|\\\\\\\\)\\S.*)");

    private NameList() {}

    /// The text of a file of names: UTF-8, or UTF-16 where its mark says so.
    public static String text(byte[] bytes) {
        return Written.text(bytes);
    }

    public static List<String> parse(String text) {
        List<String> names = new ArrayList<>();
        String start = text.strip();
        // A document over several lines; of one value a line each is read by itself.
        boolean whole = start.startsWith("[")
                && !json(start.lines().findFirst().orElse("").strip(), new ArrayList<>());
        if (whole && json(start, names)) {
            return names;
        }
        List<String> lines = text.lines().toList();
        char by = ',';
        int column = -1;
        boolean first = true;
        for (String line : lines) {
            String one = line.length() > MAX_LINE ? line.substring(0, MAX_LINE) : line;
            if (one.startsWith("\uFEFF")) {
                one = one.substring(1);
            }
            if (one.isBlank() || one.startsWith("#")) {
                continue;
            }
            if (first) {
                first = false;
                char parted = Rows.by(one, cells -> column(cells) >= 0);
                if (parted != 0) {
                    by = parted;
                    column = column(Rows.cells(one, by));
                    continue;
                }
            }
            if (column >= 0) {
                List<String> cells = Rows.cells(one, by);
                if (column < cells.size() && !cells.get(column).isBlank()) {
                    names.add(cells.get(column).strip());
                }
            } else if (!json(one.strip(), names)) {
                String name = listed(one);
                if (name != null) {
                    names.add(name);
                }
            }
        }
        return names;
    }

    /// The column with the names, if cells are the header of a table; else -1.
    private static int column(List<String> cells) {
        for (int i = 0; i < cells.size(); i++) {
            if (COLUMNS.contains(cells.get(i).strip().toLowerCase(Locale.ROOT))) {
                return i;
            }
        }
        return -1;
    }

    private static boolean json(String line, List<String> names) {
        if (!line.startsWith("{") && !line.startsWith("[")) {
            return false;
        }
        try {
            JsonValue value = JsonTree.of(line);
            List<JsonValue> values = value instanceof JsonValue.Items items ? items.values() : List.of(value);
            for (JsonValue one : values) {
                switch (one) {
                    case JsonValue.Text text -> names.add(text.value());
                    case JsonValue.Members members ->
                        members.values().forEach((name, member) -> {
                            if (COLUMNS.contains(name.toLowerCase(Locale.ROOT))
                                    && member instanceof JsonValue.Text text) {
                                names.add(text.value());
                            }
                        });
                    default -> {}
                }
            }
            return true;
        } catch (JacksonException e) {
            return false;
        }
    }

    /// The name in a line of a listing; the whole line if it is none; null if it names nothing.
    private static @Nullable String listed(String line) {
        for (Pattern form : List.of(OF, OF_PATH)) {
            Matcher of = form.matcher(line);
            if (of.matches()) {
                return of.group(1).strip();
            }
        }
        if (FRAME.matcher(line).matches()) {
            return null;
        }
        for (Pattern form : List.of(UNIX, DOS, UNZIP, SEVEN_ZIP, SHELL_FOLDER, SHELL_FILE, TREE, LEAF)) {
            Matcher listed = form.matcher(line.stripLeading());
            if (listed.matches()) {
                String name = listed.group(1).strip();
                int link = name.indexOf(" -> ");
                name = link > 0 ? name.substring(0, link) : name;
                return name.equals(".") || name.equals("..") ? null : name;
            }
        }
        return line.strip();
    }
}
