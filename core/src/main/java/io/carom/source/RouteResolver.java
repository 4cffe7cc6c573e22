package io.carom.source;

import static io.carom.source.mapping.Conversion.ISO_TIME;
import static io.carom.source.mapping.Conversion.TEXT;
import static io.carom.source.mapping.Conversion.words;

import com.google.auto.service.AutoService;
import io.carom.event.Column;
import io.carom.event.FieldNames;
import io.carom.source.mapping.Conversion;
import io.carom.source.mapping.Mapping;
import java.util.Map;

/// Queries that Amazon Route 53 Resolver logs for a VPC, version 1.1, and what its DNS firewall did to them.
///
/// Names follow the developer guide's "Values that appear in VPC Resolver query logs".
@AutoService(Source.class)
public final class RouteResolver implements JsonSource {
    private static final int NAME = FieldNames.of("query_name");
    private static final int TIME = FieldNames.of("query_timestamp");
    private static final int CODE = FieldNames.of("rcode");
    private static final int VPC = FieldNames.of("vpc_id");

    /// A host name without the root's dot, in small letters as names are compared.
    private static final Conversion DOMAIN = (row, to, slice, kind) -> {
        int from = Column.from(slice);
        int end = from + Column.length(slice);
        boolean root = end - from > 1 && row.bytes()[end - 1] == '.';
        return Conversion.LOWER.write(row, to, root ? Column.pack(from, end - 1) : slice, kind);
    };

    private static final Mapping QUERY = Mapping.of("query", 4003)
            .field("query_timestamp", "time", ISO_TIME)
            .field("query_name", "query.hostname", DOMAIN)
            .field("query_type", "query.type", TEXT)
            .field("query_class", "query.class", TEXT)
            .field("answers.Rdata", "answers[].rdata", DOMAIN)
            .field("answers.Type", "answers[].type", TEXT)
            .field("answers.Class", "answers[].class", TEXT)
            .field(
                    "rcode",
                    "rcode_id",
                    words(
                            Map.ofEntries(
                                    Map.entry("NOERROR", 0),
                                    Map.entry("FORMERR", 1),
                                    Map.entry("SERVFAIL", 2),
                                    Map.entry("NXDOMAIN", 3),
                                    Map.entry("NOTIMP", 4),
                                    Map.entry("REFUSED", 5),
                                    Map.entry("YXDOMAIN", 6),
                                    Map.entry("YXRRSET", 7),
                                    Map.entry("NXRRSET", 8),
                                    Map.entry("NOTAUTH", 9),
                                    Map.entry("NOTZONE", 10)),
                            99))
            .field("srcaddr", "src_endpoint.ip", CloudFields.IP)
            .field("srcport", "src_endpoint.port", Conversion.PORT)
            .field("vpc_id", "src_endpoint.vpc_uid", TEXT)
            .field("srcids.instance", "src_endpoint.instance_uid", TEXT)
            .field("srcids.resolver_endpoint", "src_endpoint.uid", TEXT)
            .field("transport", "connection_info.protocol_name", Conversion.LOWER)
            .field(
                    "transport",
                    "connection_info.protocol_num",
                    CloudFields.words(Map.of("UDP", 17, "TCP", 6, "DOT", 6, "DOH", 6, "DOH-FIPS", 6)))
            .field("firewall_rule_action", "action_id", CloudFields.words(Map.of("ALLOW", 1, "BLOCK", 2, "ALERT", 3)))
            .field(
                    "firewall_rule_action",
                    "disposition_id",
                    CloudFields.words(Map.of("ALLOW", 1, "BLOCK", 2, "ALERT", 19)))
            .field("firewall_rule_group_id", "firewall_rule.uid", TEXT)
            .field("account_id", "cloud.account.uid", TEXT)
            .field("region", "cloud.region", TEXT)
            .field("version", "metadata.product.version", TEXT)
            .constant("cloud.provider", "AWS")
            .activity(6)
            .product("AWS", "Route 53 Resolver")
            .build();

    @Override
    public String name() {
        return "route53-resolver";
    }

    @Override
    public String product() {
        return "Amazon Route 53 Resolver query logs, version 1.1";
    }

    @Override
    public boolean claims(Row row) {
        return row.has(NAME) && row.has(TIME) && row.has(CODE) && row.has(VPC);
    }

    @Override
    public void read(Row row) {
        row.map(QUERY);
    }
}
