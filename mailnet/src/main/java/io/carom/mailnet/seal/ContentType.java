package io.carom.mailnet.seal;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/// A `Content-Type` or `Content-Disposition` (RFC 2045, 5.1): a value in lower case, and parameters by their names in
/// lower case. A parameter that stands twice counts as it stood first; what cannot be read is left out.
public record ContentType(String value, Map<String, String> parameters) {
    public ContentType {
        parameters = Map.copyOf(parameters);
    }

    public static ContentType of(String text) {
        int at = text.indexOf(';');
        String value = (at < 0 ? text : text.substring(0, at)).strip().toLowerCase(Locale.ROOT);
        Map<String, String> parameters = new HashMap<>();
        while (at >= 0 && at < text.length()) {
            int equals = text.indexOf('=', at);
            if (equals < 0) {
                break;
            }
            String name = text.substring(at + 1, equals).strip().toLowerCase(Locale.ROOT);
            StringBuilder read = new StringBuilder();
            int i = equals + 1;
            while (i < text.length() && text.charAt(i) == ' ') {
                i++;
            }
            if (i < text.length() && text.charAt(i) == '"') {
                for (i++; i < text.length() && text.charAt(i) != '"'; i++) {
                    if (text.charAt(i) == '\\' && i + 1 < text.length()) {
                        i++;
                    }
                    read.append(text.charAt(i));
                }
            } else {
                while (i < text.length() && text.charAt(i) != ';' && text.charAt(i) != ' ') {
                    read.append(text.charAt(i++));
                }
            }
            parameters.putIfAbsent(name, read.toString());
            at = text.indexOf(';', i);
        }
        return new ContentType(value, parameters);
    }

    public String parameter(String name) {
        return parameters.getOrDefault(name, "");
    }
}
