package io.carom.resolve;

import io.carom.mail.auth.Dns;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.xbill.DNS.AAAARecord;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Lookup;
import org.xbill.DNS.MXRecord;
import org.xbill.DNS.Name;
import org.xbill.DNS.PTRRecord;
import org.xbill.DNS.Record;
import org.xbill.DNS.SimpleResolver;
import org.xbill.DNS.TXTRecord;
import org.xbill.DNS.TextParseException;

/// Asks a resolver, and remembers what it said last.
///
/// Whoever answers learns what is asked, and so that a mail is looked at: used only where a user says
/// so. Safe for use by many threads, one question at a time.
public final class Resolver implements Dns {
    private static final int REMEMBERED = 10_000;

    private final SimpleResolver resolver;
    private final Map<String, List<String>> known = new LinkedHashMap<>(256, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, List<String>> eldest) {
            return size() > REMEMBERED;
        }
    };

    /// @param server name or address of a resolver; empty for the one of this machine
    /// @throws UnknownHostException if there is no such host
    public Resolver(String server) throws UnknownHostException {
        resolver = server.isEmpty() ? new SimpleResolver() : new SimpleResolver(server);
        resolver.setTimeout(Duration.ofSeconds(3));
    }

    @Override
    public synchronized List<String> ask(String name, Type type) throws NoAnswerException {
        String key = name.toLowerCase(Locale.ROOT) + " " + type;
        List<String> before = known.get(key);
        if (before != null) {
            return before;
        }
        Lookup lookup;
        try {
            lookup = new Lookup(Name.fromString(name, Name.root), number(type), DClass.IN);
        } catch (TextParseException e) {
            return List.of();
        }
        lookup.setResolver(resolver);
        lookup.setCache(null);
        Record[] records = lookup.run();
        int result = lookup.getResult();
        if (result == Lookup.TRY_AGAIN || result == Lookup.UNRECOVERABLE) {
            throw new NoAnswerException(name + ": " + lookup.getErrorString());
        }
        List<String> answer = records == null ? List.of() : texts(List.of(records));
        known.put(key, answer);
        return answer;
    }

    private static int number(Type type) {
        return switch (type) {
            case A -> org.xbill.DNS.Type.A;
            case AAAA -> org.xbill.DNS.Type.AAAA;
            case MX -> org.xbill.DNS.Type.MX;
            case TXT -> org.xbill.DNS.Type.TXT;
            case PTR -> org.xbill.DNS.Type.PTR;
        };
    }

    private static List<String> texts(List<Record> records) {
        List<MXRecord> exchanges = new ArrayList<>();
        List<String> found = new ArrayList<>();
        for (Record record : records) {
            switch (record) {
                case ARecord a -> found.add(a.getAddress().getHostAddress());
                case AAAARecord a -> found.add(a.getAddress().getHostAddress());
                case PTRRecord p -> found.add(undotted(p.getTarget()));
                case MXRecord mx -> exchanges.add(mx);
                case TXTRecord txt -> {
                    StringBuilder all = new StringBuilder();
                    txt.getStringsAsByteArrays().forEach(b -> all.append(new String(b, StandardCharsets.ISO_8859_1)));
                    found.add(all.toString());
                }
                default -> {}
            }
        }
        exchanges.sort(Comparator.comparingInt(MXRecord::getPriority));
        exchanges.forEach(mx -> found.add(undotted(mx.getTarget())));
        return List.copyOf(found);
    }

    private static String undotted(Name name) {
        return name.toString(true).toLowerCase(Locale.ROOT);
    }
}
