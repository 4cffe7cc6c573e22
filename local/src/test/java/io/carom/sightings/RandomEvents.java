package io.carom.sightings;

import io.carom.event.Attribute;
import io.carom.event.EventBatch;
import io.carom.event.Indicator;
import io.carom.event.IndicatorType;
import io.carom.event.SourceNames;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/// Events and indicators that often meet: few names, networks and letters, in all the forms that logs have.
public final class RandomEvents {
    private static final String[] ATTRIBUTES = {
        "src_endpoint.ip",
        "dst_endpoint.ip",
        "device.hostname",
        "query.hostname",
        "http_request.url.url_string",
        "http_request.user_agent",
        "file.name",
        "process.file.path",
        "file.hashes[algorithm_id=3].value",
        "user.name",
        "actor.user.name",
        "email.from",
        "email.to",
        "answers[].rdata",
        "tls.sni",
        "tls.ja3_hash.value",
        "message"
    };

    private final Random random;

    public RandomEvents(long seed) {
        random = new Random(seed);
    }

    public EventBatch batch(int rows, long from) {
        EventBatch batch = new EventBatch(1 << 12);
        for (int row = 0; row < rows; row++) {
            long text = batch.append("record " + row);
            batch.startRow(SourceNames.of(random.nextInt(4) == 0 ? "squid" : "zeek"), row + 1, 0, text);
            batch.set(Attribute.TIME, from + random.nextInt(3_600_000));
            int n = 1 + random.nextInt(6);
            for (int i = 0; i < n; i++) {
                Attribute attribute = Attribute.of(ATTRIBUTES[random.nextInt(ATTRIBUTES.length)]);
                int values = attribute.list() ? 1 + random.nextInt(3) : 1;
                for (int v = 0; v < values; v++) {
                    long slice = batch.append(value(attribute.path()));
                    if (attribute.list()) {
                        batch.add(attribute, slice);
                    } else {
                        batch.set(attribute, slice);
                    }
                }
            }
            batch.endRow(4001, field -> false);
        }
        return batch;
    }

    private String value(String path) {
        return switch (path) {
            case "src_endpoint.ip", "dst_endpoint.ip" -> random.nextInt(30) == 0 ? "-" : address();
            case "device.hostname", "query.hostname", "tls.sni" -> mixed(host()) + (random.nextInt(9) == 0 ? "." : "");
            case "answers[].rdata" -> random.nextBoolean() ? address() : host();
            case "http_request.url.url_string" -> url();
            case "http_request.user_agent" -> mixed("agent/" + random.nextInt(6) + " (os " + random.nextInt(3) + ")");
            case "file.name" -> mixed(word() + ".exe");
            case "process.file.path" -> "C:\\" + word() + "\\" + mixed(word() + ".exe");
            case "user.name", "actor.user.name" ->
                switch (random.nextInt(4)) {
                    case 0 -> mixed(word()) + "@" + host();
                    case 1 -> "CORP\\" + mixed(word());
                    case 2 -> "M\u00DCller" + random.nextInt(3);
                    default -> mixed(word());
                };
            case "email.from", "email.to" ->
                random.nextBoolean() ? mixed(word()) + "@" + host() : "Some One <" + word() + "@" + host() + ">";
            case "file.hashes[algorithm_id=3].value", "tls.ja3_hash.value" -> hash();
            default -> "text " + word();
        };
    }

    private String word() {
        StringBuilder word = new StringBuilder();
        for (int n = 2 + random.nextInt(3); n > 0; n--) {
            word.append((char) ('a' + random.nextInt(3)));
        }
        return word.toString();
    }

    private String host() {
        String name = random.nextInt(12) == 0 ? "b\u00FCro" : word();
        for (int n = random.nextInt(3); n > 0; n--) {
            name = word() + (random.nextInt(5) == 0 ? "-" : ".") + name;
        }
        return name + (random.nextInt(20) == 0 ? "" : random.nextBoolean() ? ".example" : ".co.test");
    }

    private String address() {
        return switch (random.nextInt(8)) {
            case 0 -> "2001:db8:" + random.nextInt(2) + "::" + Integer.toHexString(random.nextInt(40));
            case 1 -> "2001:DB8:0:0:0:0:0:" + random.nextInt(10);
            case 2 -> "::ffff:10.0." + random.nextInt(2) + "." + random.nextInt(8);
            default -> "10." + random.nextInt(2) + "." + random.nextInt(3) + "." + random.nextInt(256);
        };
    }

    private String url() {
        String host = random.nextInt(4) == 0 ? address() : host();
        if (host.contains(":")) {
            host = "[" + host + "]";
        }
        String url = mixed(host) + (random.nextInt(5) == 0 ? ":8080" : "");
        url = switch (random.nextInt(5)) {
            case 0 -> url;
            case 1 -> url + "/";
            case 2 -> url + "?q=" + word();
            case 3 -> url + "/" + word();
            default -> url + "/" + word() + "?q=" + random.nextInt(4);
        };
        url += random.nextInt(6) == 0 ? "#part" : "";
        return switch (random.nextInt(3)) {
            case 0 -> "https://" + url;
            case 1 -> "http://user@" + url;
            default -> url;
        };
    }

    private String hash() {
        return mixed(("abcdef0123456789abcdef0123456789".substring(1) + Integer.toHexString(random.nextInt(16))));
    }

    private String mixed(String text) {
        return random.nextInt(3) == 0 ? text.toUpperCase(java.util.Locale.ROOT) : text;
    }

    public List<Indicator> indicators(int count) {
        List<Indicator> all = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            IndicatorType type = IndicatorType.values()[random.nextInt(IndicatorType.values().length)];
            String value = indicator(type);
            io.carom.intel.IndicatorValue.typed(type, value)
                    .ifPresent(t -> all.add(new Indicator(t.type(), t.value(), "", "random:" + all.size())));
        }
        return all;
    }

    private String indicator(IndicatorType type) {
        int open = random.nextInt(8);
        String value = switch (type) {
            case IP -> address();
            case CIDR ->
                switch (random.nextInt(4)) {
                    case 0 -> "2001:db8::/" + (30 + random.nextInt(99));
                    case 1 -> "0::/" + (1 + random.nextInt(100));
                    default ->
                        "10." + random.nextInt(2) + "." + random.nextInt(3) + "." + random.nextInt(256) + "/"
                                + (7 + random.nextInt(26));
                };
            case DOMAIN -> host();
            case URL -> url();
            case HASH -> hash();
            case EMAIL -> word() + "@" + host();
            case FILE_NAME -> word() + ".exe";
            case ACCOUNT -> random.nextInt(3) == 0 ? "m\u00FCller" + random.nextInt(3) : word();
            case USER_AGENT -> "agent/" + random.nextInt(6) + " (os " + random.nextInt(3) + ")";
            case JA4 -> "t13d" + word();
        };
        if (type == IndicatorType.IP || type == IndicatorType.CIDR || type == IndicatorType.HASH || open > 1) {
            return value;
        }
        int cut = Math.max(4, value.length() - 2);
        return open == 0
                ? value.substring(0, Math.min(cut, value.length())) + "*"
                : "*" + value.substring(Math.max(0, value.length() - cut));
    }
}
