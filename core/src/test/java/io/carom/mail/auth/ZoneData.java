package io.carom.mail.auth;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/// The zone of a vector file of openspf's form.
final class ZoneData implements Dns {
    private final Map<String, List<?>> zone = new TreeMap<>();

    ZoneData(Map<?, ?> data) {
        data.forEach((name, records) -> zone.put(
                String.valueOf(name).toLowerCase(Locale.ROOT),
                records instanceof List<?> list ? list : List.of(records)));
    }

    @Override
    public List<String> ask(String asked, Type type) throws NoAnswerException {
        String name = asked.endsWith(".") ? asked.substring(0, asked.length() - 1) : asked;
        List<?> records = zone.get(name.toLowerCase(Locale.ROOT));
        if (records == null) {
            return List.of();
        }
        boolean texts = records.stream().anyMatch(r -> r instanceof Map<?, ?> m && m.containsKey("TXT"));
        List<String> found = new ArrayList<>();
        boolean timeout = false;
        for (Object record : records) {
            if (record.equals("TIMEOUT")) {
                timeout = true;
                continue;
            }
            Map.Entry<?, ?> one = ((Map<?, ?>) record).entrySet().iterator().next();
            String kind = String.valueOf(one.getKey());
            if (kind.equals("CNAME")) {
                return ask(String.valueOf(one.getValue()), type);
            }
            // Older policies are of a type of their own.
            boolean fits = kind.equals(type.name()) || type == Type.TXT && !texts && kind.equals("SPF");
            if (!fits || one.getValue().equals("NONE")) {
                continue;
            }
            if (one.getValue().equals("TIMEOUT")) {
                throw new NoAnswerException(name);
            }
            found.add(text(one.getValue(), type));
        }
        if (found.isEmpty() && timeout) {
            throw new NoAnswerException(name);
        }
        return found;
    }

    private static String text(Object value, Type type) {
        if (value instanceof List<?> list) {
            StringBuilder all = new StringBuilder();
            list.stream().skip(type == Type.MX ? 1 : 0).forEach(all::append);
            return all.toString();
        }
        return String.valueOf(value);
    }
}
