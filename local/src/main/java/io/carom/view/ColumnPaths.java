package io.carom.view;

import java.util.HashSet;
import java.util.Set;

/// The paths of attributes in a table, read from the types of its columns as DuckDB writes them:
/// `src_endpoint STRUCT(ip VARCHAR, "location" STRUCT(country VARCHAR)), time TIMESTAMP`.
final class ColumnPaths {
    private final Set<String> paths = new HashSet<>();
    private final String text;
    private int at;

    private ColumnPaths(String text) {
        this.text = text;
    }

    static ColumnPaths of(String types) {
        ColumnPaths out = new ColumnPaths(types);
        out.members("");
        return out;
    }

    boolean has(String path) {
        return paths.contains(path);
    }

    /// Names with their types, up to the closing bracket or the end.
    private void members(String before) {
        while (at < text.length()) {
            space();
            String name = name();
            String path = before.isEmpty() ? name : before + "." + name;
            space();
            if (text.startsWith("STRUCT(", at)) {
                at += "STRUCT(".length();
                members(path);
                if (text.startsWith("[]", at)) {
                    // Members of each of many are no attribute with one value.
                    at += 2;
                    paths.removeIf(p -> p.startsWith(path + "."));
                }
            } else {
                type();
                paths.add(path);
            }
            if (at >= text.length()) {
                return;
            }
            char c = text.charAt(at++);
            if (c == ')') {
                return;
            }
        }
    }

    private void space() {
        while (at < text.length() && text.charAt(at) == ' ') {
            at++;
        }
    }

    private String name() {
        if (at < text.length() && text.charAt(at) == '"') {
            int end = text.indexOf('"', at + 1);
            String name = text.substring(at + 1, end < 0 ? text.length() : end);
            at = end < 0 ? text.length() : end + 1;
            return name;
        }
        int from = at;
        while (at < text.length() && " ,()".indexOf(text.charAt(at)) < 0) {
            at++;
        }
        return text.substring(from, at);
    }

    /// A type without members; brackets in it, as of `DECIMAL(18,3)`, are its own.
    private void type() {
        int depth = 0;
        while (at < text.length()) {
            char c = text.charAt(at);
            if (depth == 0 && (c == ',' || c == ')')) {
                return;
            }
            depth += c == '(' ? 1 : c == ')' ? -1 : 0;
            at++;
        }
    }
}
