package io.carom.mail.auth;

import java.util.ArrayList;
import java.util.Hashtable;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import javax.naming.NameNotFoundException;
import javax.naming.NamingEnumeration;
import javax.naming.NamingException;
import javax.naming.directory.Attribute;
import javax.naming.directory.InitialDirContext;
import org.jspecify.annotations.Nullable;

/// Asks a resolver, and remembers what it said last. Used only where a user asks for it, for a
/// question tells whoever answers it that the mail is looked at.
public final class Resolver implements Dns {
    private static final int REMEMBERED = 10_000;

    private final Hashtable<String, String> environment = new Hashtable<>();
    private final Map<String, List<String>> known = new LinkedHashMap<>(256, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, List<String>> eldest) {
            return size() > REMEMBERED;
        }
    };

    /// @param server address of a resolver; empty for the one of this machine
    public Resolver(String server) {
        environment.put("java.naming.factory.initial", "com.sun.jndi.dns.DnsContextFactory");
        environment.put("java.naming.provider.url", "dns://" + server);
        environment.put("com.sun.jndi.dns.timeout.initial", "1500");
        environment.put("com.sun.jndi.dns.timeout.retries", "2");
    }

    @Override
    public synchronized List<String> ask(String name, Type type) throws NoAnswerException {
        String key = name.toLowerCase(Locale.ROOT) + " " + type;
        @Nullable List<String> before = known.get(key);
        if (before != null) {
            return before;
        }
        List<String> found = new ArrayList<>();
        try {
            InitialDirContext context = new InitialDirContext(environment);
            try {
                Attribute records =
                        context.getAttributes(name, new String[] {type.name()}).get(type.name());
                NamingEnumeration<?> all = records == null ? null : records.getAll();
                while (all != null && all.hasMore()) {
                    found.add(text(String.valueOf(all.next()), type));
                }
            } finally {
                context.close();
            }
        } catch (NameNotFoundException e) {
            found.clear();
        } catch (NamingException e) {
            throw new NoAnswerException(name + ": " + e.getMessage());
        }
        if (type == Type.MX) {
            found.sort(null);
            found.replaceAll(v -> v.substring(6));
        }
        List<String> answer = List.copyOf(found);
        known.put(key, answer);
        return answer;
    }

    private static String text(String record, Type type) {
        return switch (type) {
            case TXT -> DnsStrings.join(record);
            case MX -> {
                String[] mx = record.split(" ", 2);
                yield String.format(Locale.ROOT, "%05d ", Integer.parseInt(mx[0])) + undotted(mx[1]);
            }
            case PTR -> undotted(record);
            case A, AAAA -> record;
        };
    }

    private static String undotted(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        return lower.endsWith(".") ? lower.substring(0, lower.length() - 1) : lower;
    }
}
