package io.carom.observe;

import io.carom.event.Attribute;
import io.carom.event.Column;
import io.carom.event.EventBatch;
import io.carom.event.Kind;
import io.carom.event.SourceNames;
import io.carom.observe.Observation.Call;
import io.carom.observe.Observation.Change;
import io.carom.observe.Observation.Changed;
import io.carom.observe.Observation.Contact;
import io.carom.observe.Observation.Hello;
import io.carom.observe.Observation.Launch;
import io.carom.observe.Observation.Lease;
import io.carom.observe.Observation.Lookup;
import io.carom.observe.Observation.Mail;
import io.carom.observe.Observation.Means;
import io.carom.observe.Observation.Outcome;
import io.carom.observe.Observation.Request;
import io.carom.observe.Observation.SignIn;
import io.carom.observe.Observation.Use;
import io.carom.observe.Observation.Written;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Makes observations of events, by their OCSF class and attributes; the parameters of what a cloud service
/// was asked for come from the native record (see {@link Particulars}). An event may give none, one, or two
/// (a remote desktop connection is a contact and a sign-in). Not safe for use by many threads.
public final class Observer {
    private static final Attribute SRC = Attribute.of("src_endpoint.ip");
    private static final Attribute SRC_PORT = Attribute.of("src_endpoint.port");
    private static final Attribute SRC_HOST = Attribute.of("src_endpoint.hostname");
    private static final Attribute SRC_MAC = Attribute.of("src_endpoint.mac");
    private static final Attribute SRC_OWNER = Attribute.of("src_endpoint.owner.name");
    private static final Attribute SRC_COUNTRY = Attribute.of("src_endpoint.location.country");
    private static final Attribute DST = Attribute.of("dst_endpoint.ip");
    private static final Attribute DST_PORT = Attribute.of("dst_endpoint.port");
    private static final Attribute DST_HOST = Attribute.of("dst_endpoint.hostname");
    private static final Attribute DST_NAME = Attribute.of("dst_endpoint.name");
    private static final Attribute SERVICE = Attribute.of("dst_endpoint.svc_name");
    private static final Attribute APP = Attribute.of("app_name");
    private static final Attribute TRANSPORT = Attribute.of("connection_info.protocol_num");
    private static final Attribute TRANSPORT_NAME = Attribute.of("connection_info.protocol_name");
    private static final Attribute DIRECTION = Attribute.of("connection_info.direction_id");
    private static final Attribute CONFIDENCE = Attribute.unmapped("carom.initiator_confidence", Kind.FLOAT);
    private static final Attribute STATUS = Attribute.STATUS_ID;
    private static final Attribute STATUS_CODE = Attribute.of("status_code");
    private static final Attribute ACTION = Attribute.of("action_id");
    private static final Attribute DISPOSITION = Attribute.of("disposition_id");
    private static final Attribute START = Attribute.of("start_time");
    private static final Attribute DURATION = Attribute.of("duration");
    private static final Attribute BYTES_OUT = Attribute.of("traffic.bytes_out");
    private static final Attribute BYTES_IN = Attribute.of("traffic.bytes_in");
    private static final Attribute PROCEDURE = Attribute.unmapped("operation", Kind.STRING);
    private static final Attribute WIRE_OUT = Attribute.unmapped("orig_ip_bytes", Kind.INTEGER);
    private static final Attribute WIRE_IN = Attribute.unmapped("resp_ip_bytes", Kind.INTEGER);
    private static final Attribute PACKETS_OUT = Attribute.of("traffic.packets_out");
    private static final Attribute PACKETS_IN = Attribute.of("traffic.packets_in");
    private static final Attribute SNI = Attribute.of("tls.sni");
    private static final Attribute TLS_VERSION = Attribute.of("tls.version");
    private static final Attribute JA3 = Attribute.of("tls.ja3_hash.value");
    private static final Attribute JA4 = Attribute.of("ja4_fingerprint_list[].value");
    private static final Attribute SUBJECT = Attribute.of("tls.certificate.subject");
    private static final Attribute ISSUER = Attribute.of("tls.certificate.issuer");
    private static final Attribute LOG = Attribute.of("metadata.log_name");
    private static final Attribute QUERY = Attribute.of("query.hostname");
    private static final Attribute QUERY_TYPE = Attribute.of("query.type");
    private static final Attribute RCODE = Attribute.of("rcode_id");
    private static final Attribute ANSWERS = Attribute.of("answers[].rdata");
    private static final Attribute METHOD = Attribute.of("http_request.http_method");
    private static final Attribute URL_HOST = Attribute.of("http_request.url.hostname");
    private static final Attribute URL_PATH = Attribute.of("http_request.url.path");
    private static final Attribute URL = Attribute.of("http_request.url.url_string");
    private static final Attribute AGENT = Attribute.of("http_request.user_agent");
    private static final Attribute HTTP_STATUS = Attribute.of("http_response.code");
    private static final Attribute REQUEST_BYTES = Attribute.of("http_request.body_length");
    private static final Attribute RESPONSE_BYTES = Attribute.of("http_response.body_length");
    private static final Attribute USER = Attribute.of("user.name");
    private static final Attribute USER_DOMAIN = Attribute.of("user.domain");
    private static final Attribute USER_MAIL = Attribute.of("user.email_addr");
    private static final Attribute ACTOR = Attribute.of("actor.user.name");
    private static final Attribute ACTOR_DOMAIN = Attribute.of("actor.user.domain");
    private static final Attribute ACTOR_MAIL = Attribute.of("actor.user.email_addr");
    private static final Attribute DEVICE = Attribute.of("device.hostname");
    private static final Attribute DEVICE_NAME = Attribute.of("device.name");
    private static final Attribute DEVICE_IP = Attribute.of("device.ip");
    private static final Attribute LOGON_TYPE = Attribute.of("logon_type_id");
    private static final Attribute SERVICE_NAME = Attribute.of("service.name");
    private static final Attribute SESSION = Attribute.of("session.uid");
    private static final Attribute CLOUD = Attribute.of("cloud.provider");
    private static final Attribute IMAGE = Attribute.of("process.file.path");
    private static final Attribute PROCESS = Attribute.of("process.name");
    private static final Attribute COMMAND = Attribute.of("process.cmd_line");
    private static final Attribute PROCESS_USER = Attribute.of("process.user.name");
    private static final Attribute PROCESS_DOMAIN = Attribute.of("process.user.domain");
    private static final Attribute PROCESS_SESSION = Attribute.of("process.session.uid");
    private static final Attribute PARENT = Attribute.of("process.parent_process.file.path");
    private static final Attribute ACTOR_IMAGE = Attribute.of("actor.process.file.path");
    private static final Attribute ACTOR_SESSION = Attribute.of("actor.session.uid");
    private static final Attribute FILE = Attribute.of("file.path");
    private static final Attribute FILE_NAME = Attribute.of("file.name");
    private static final Attribute FILE_SIZE = Attribute.of("file.size");
    private static final Attribute TUNNEL = Attribute.of("tunnel_interface.ip");
    private static final Attribute TUNNEL_TYPE = Attribute.of("tunnel_type");
    private static final Attribute LEASE = Attribute.of("lease_dur");
    private static final Attribute SHARE = Attribute.of("share");
    private static final Attribute SMB_COMMAND = Attribute.of("command");
    private static final Attribute OPERATION = Attribute.of("api.operation");
    private static final Attribute API_SERVICE = Attribute.of("api.service.name");
    private static final Attribute RESOURCE = Attribute.of("resources[].name");
    private static final Attribute WIN_SERVICE = Attribute.of("win_service.name");
    private static final Attribute WIN_SERVICE_COMMAND = Attribute.of("win_service.cmd_line");
    private static final Attribute JOB = Attribute.of("job.name");
    private static final Attribute JOB_COMMAND = Attribute.of("job.cmd_line");
    private static final Attribute GROUP = Attribute.of("group.name");
    private static final Attribute MAIL_FROM = Attribute.of("email.from");
    private static final Attribute MAIL_TO = Attribute.of("email.to");
    private static final Attribute MAIL_SUBJECT = Attribute.of("email.subject");
    private static final Attribute MAIL_ID = Attribute.of("email.message_uid");

    /// OCSF's `disposition_id` and `action_id` for what was not let through.
    private static final Set<Long> BLOCKED = Set.of(2L, 6L, 21L, 25L, 26L);
    private static final long DENIED = 2;

    /// OCSF's `activity_id` of RDP Activity when a session begins.
    private static final long CONNECTED = 4;

    /// OCSF's `activity_id` of API Activity for what changes nothing.
    private static final long READ = 2;

    private static final Map<String, Integer> TRANSPORTS =
            Map.of("tcp", 6, "udp", 17, "icmp", 1, "icmp6", 58, "ipv6-icmp", 58, "sctp", 132, "gre", 47, "esp", 50);

    /// Zeek's logs that tell of a connection which `conn.log` tells of too, and their names as services.
    private static final Set<String> RPC = Set.of("dce_rpc", "ldap", "ldap_search", "snmp");

    /// Operations of Microsoft 365 and Google Workspace that let a mailbox's mail go elsewhere or hide it.
    private static final Set<String> MAIL_RULES = Set.of(
            "new-inboxrule",
            "set-inboxrule",
            "updateinboxrules",
            "set-mailbox",
            "new-transportrule",
            "set-transportrule",
            "add-mailboxpermission",
            "email_forwarding_out_of_domain",
            "set-owamailboxpolicy",
            "enable-inboxrule");

    /// Microsoft Entra's error codes (AADSTS) for what is no failure: no session for single sign-on yet, a
    /// second factor or a device still to be shown, "stay signed in?", an account to be chosen, consent to be
    /// given.
    private static final Set<String> INTERRUPTED = Set.of(
            "16000", "16001", "50058", "50072", "50074", "50076", "50079", "50097", "50125", "50127", "50129", "50140",
            "50158", "50199", "51006", "65001");

    private final Texts texts = new Texts();
    private final Particulars particulars = new Particulars();
    private EventBatch batch = new EventBatch(16);
    private int row;
    private String machine = "";

    /// Tells of every observation in the batch, in the order of its rows.
    ///
    /// @param input number of the input in this run
    public void observe(EventBatch events, String client, int input, Consumer<Observation> out) {
        observe(events, client, input, "", out);
    }

    /// As {@link #observe(EventBatch, String, int, Consumer)}.
    ///
    /// @param collectedFrom the machine whose log it is, for sign-ins that do not name the machine they were
    /// on; empty if not known
    public void observe(EventBatch events, String client, int input, String collectedFrom, Consumer<Observation> out) {
        batch = events;
        machine = collectedFrom;
        String tenant = texts.held(client);
        for (row = 0; row < events.rows(); row++) {
            long time = batch.number(Attribute.TIME, row, Long.MIN_VALUE);
            if (time == Long.MIN_VALUE) {
                continue;
            }
            Origin origin = new Origin(tenant, input, batch.record(row), batch.source(row), batch.classUid(row));
            observe(origin, time, out);
        }
    }

    private void observe(Origin origin, long time, Consumer<Observation> out) {
        switch (origin.classUid()) {
            case 4001 -> network(origin, time, out);
            case 4002 -> request(origin, time, out);
            case 4003 -> lookup(origin, time, out);
            case 4004 -> dhcp(origin, time, out);
            case 4005 -> remoteDesktop(origin, time, out);
            case 4006 -> smb(origin, time, out);
            case 4007 -> ssh(origin, time, out);
            case 4008 -> contact(origin, time, "ftp", out);
            case 4009 -> mail(origin, time, out);
            case 4014 -> tunnel(origin, time, out);
            case 3002 -> signIn(origin, time, out);
            case 3001, 3004, 3005, 3006 -> change(origin, time, out);
            case 6001, 6003, 6005 -> use(origin, time, out);
            case 1001 -> file(origin, time, out);
            case 1006 -> job(origin, time, out);
            case 1007 -> launch(origin, time, out);
            case 1008 -> log(origin, time, out);
            case 201004 -> service(origin, time, out);
            default -> {}
        }
    }

    // ---- network

    private void network(Origin origin, long time, Consumer<Observation> out) {
        String log = text(LOG);
        if (RPC.contains(log)) {
            Address src = address(SRC);
            Address dst = address(DST);
            if (src != null && dst != null) {
                String service = log.equals("dce_rpc") ? "rpc" : log.startsWith("ldap") ? "ldap" : log;
                out.accept(new Call(
                        origin,
                        time,
                        src,
                        dst,
                        "",
                        "",
                        service,
                        log.equals("dce_rpc") ? lower(SERVICE) : "",
                        log.equals("dce_rpc") ? text(PROCEDURE) : "",
                        outcome(false)));
            }
            return;
        }
        if (batch.column(TLS_VERSION) != null && has(TLS_VERSION) || has(SNI) || has(JA3)) {
            Address src = address(SRC);
            Address dst = address(DST);
            if (src != null && dst != null) {
                out.accept(new Hello(
                        origin,
                        time,
                        src,
                        dst,
                        port(DST_PORT),
                        name(SNI),
                        lower(JA3),
                        lower(JA4),
                        text(SUBJECT),
                        text(ISSUER),
                        port(SRC_PORT),
                        Observation.Carried.UNKNOWN));
            }
            return;
        }
        contact(origin, time, lower(SERVICE), out);
    }

    private void contact(Origin origin, long time, String service, Consumer<Observation> out) {
        Address src = address(SRC);
        Address dst = address(DST);
        if (src == null || dst == null) {
            return;
        }
        long duration = batch.number(DURATION, row, -1);
        // Firewalls log an end and how long it took; the contact began then.
        long activity = batch.number(Attribute.ACTIVITY_ID, row, 0);
        long began = batch.number(START, row, activity == 2 && duration > 0 ? time - duration : time);
        boolean unsure = batch.number(DIRECTION, row, -1) == 0 && !has(CONFIDENCE);
        float sure = has(CONFIDENCE)
                ? (float) Double.longBitsToDouble(batch.number(CONFIDENCE, row, 0))
                : unsure ? 0.6f : 0.95f;
        String app = service.isEmpty() ? lower(APP) : service;
        out.accept(new Contact(
                origin,
                began,
                src,
                port(SRC_PORT),
                dst,
                port(DST_PORT),
                transport(),
                outcome(true),
                sure,
                batch.number(BYTES_OUT, row, -1),
                batch.number(BYTES_IN, row, -1),
                batch.number(PACKETS_OUT, row, -1),
                batch.number(PACKETS_IN, row, -1),
                duration,
                app,
                false,
                batch.number(WIRE_OUT, row, -1),
                batch.number(WIRE_IN, row, -1)));
    }

    private int transport() {
        long number = batch.number(TRANSPORT, row, -1);
        if (number >= 0) {
            return (int) number;
        }
        String name = lower(TRANSPORT_NAME);
        return name.isEmpty() ? -1 : TRANSPORTS.getOrDefault(name, -1);
    }

    /// @param traffic whether the amounts on both sides may tell what the product does not
    private Outcome outcome(boolean traffic) {
        if (batch.number(ACTION, row, 0) == DENIED || BLOCKED.contains(batch.number(DISPOSITION, row, 0))) {
            return Outcome.DENIED;
        }
        long status = batch.number(STATUS, row, 0);
        if (status == 1) {
            return Outcome.SUCCESS;
        }
        if (status == 2) {
            // Zeek's words: no answer at all, or one side gave up.
            String code = text(STATUS_CODE);
            return code.equals("S0") || code.equals("SH") || code.equals("RSTOS0") ? Outcome.SILENT : Outcome.REFUSED;
        }
        long activity = batch.number(Attribute.ACTIVITY_ID, row, 0);
        if (traffic && activity == 5) {
            return Outcome.DENIED;
        }
        if (traffic && activity == 4) {
            return Outcome.REFUSED;
        }
        if (traffic && (has(BYTES_IN) || has(PACKETS_IN))) {
            boolean answered = batch.number(BYTES_IN, row, 0) > 0 || batch.number(PACKETS_IN, row, 0) > 0;
            return answered ? Outcome.SUCCESS : Outcome.SILENT;
        }
        return Outcome.UNKNOWN;
    }

    private void request(Origin origin, long time, Consumer<Observation> out) {
        Address src = address(SRC);
        if (src == null) {
            return;
        }
        String method = text(METHOD);
        String host = name(URL_HOST);
        String path = text(URL_PATH);
        String url = text(URL);
        boolean whole = url.contains("://");
        if (whole && host.isEmpty()) {
            host = texts.held(hostOf(url));
        }
        if (path.isEmpty()) {
            int from = whole ? url.indexOf('/', url.indexOf("://") + 3) : 0;
            path = from < 0 ? "/" : texts.held(url.substring(from));
        }
        boolean connect = method.equals("CONNECT");
        if (connect && host.isEmpty()) {
            String target = url.isEmpty() ? path : url;
            int colon = target.lastIndexOf(':');
            host = texts.held((colon > 0 ? target.substring(0, colon) : target).toLowerCase(Locale.ROOT));
        }
        boolean proxied = connect || whole && SourceNames.name(origin.source()).equals("squid");
        long out1 = batch.number(REQUEST_BYTES, row, batch.number(BYTES_OUT, row, -1));
        long in1 = batch.number(RESPONSE_BYTES, row, batch.number(BYTES_IN, row, -1));
        String account = lower(SRC_OWNER);
        out.accept(new Request(
                origin,
                time,
                src,
                address(DST),
                port(DST_PORT),
                host,
                method,
                path,
                text(AGENT),
                account.isEmpty() ? account(ACTOR) : account,
                (int) batch.number(HTTP_STATUS, row, 0),
                out1,
                in1,
                proxied,
                port(SRC_PORT),
                Observation.Carried.UNKNOWN));
    }

    /// The host of an absolute URL, without who asks and the port (RFC 3986, 3.2).
    private static String hostOf(String url) {
        int from = url.indexOf("://") + 3;
        int end = from;
        while (end < url.length() && "/?#".indexOf(url.charAt(end)) < 0) {
            end++;
        }
        String host = url.substring(Math.max(from, url.lastIndexOf('@', end - 1) + 1), end)
                .toLowerCase(Locale.ROOT);
        int bracket = host.startsWith("[") ? host.indexOf(']') : -1;
        if (bracket > 0) {
            return host.substring(1, bracket);
        }
        int port = host.indexOf(':');
        return port < 0 ? host : host.substring(0, port);
    }

    private void lookup(Origin origin, long time, Consumer<Observation> out) {
        String name = name(QUERY);
        if (name.isEmpty()) {
            return;
        }
        Address src = address(SRC);
        String host = name(SRC_HOST);
        out.accept(new Lookup(
                origin,
                time,
                src,
                host.isEmpty() ? host() : host,
                address(DST),
                name,
                text(QUERY_TYPE),
                (int) batch.number(RCODE, row, -1),
                list(ANSWERS, 16)));
    }

    private void dhcp(Origin origin, long time, Consumer<Observation> out) {
        Address address = address(SRC);
        if (address == null || address.reach() == Address.Reach.NOBODYS) {
            return;
        }
        long activity = batch.number(Attribute.ACTIVITY_ID, row, 0);
        // OCSF: 5 Ack, 7 Release, 9 Expire; Zeek tells of a whole exchange at once.
        if (activity != 0 && activity != 5 && activity != 7 && activity != 9 && activity != 99) {
            return;
        }
        long lasts = batch.number(LEASE, row, 0);
        out.accept(new Lease(
                origin,
                time,
                address,
                null,
                name(SRC_HOST),
                lower(SRC_MAC),
                "",
                Lease.Kind.DHCP,
                lasts > 0 ? time + lasts * 1000 : 0,
                activity == 7 || activity == 9));
    }

    private void remoteDesktop(Origin origin, long time, Consumer<Observation> out) {
        String account = account(USER);
        Address beyond = address(DST);
        // A gateway's log names the machine behind it: what is signed in to is the gateway, and from there on that
        // machine,
        // of which only the address is known.
        boolean gateway = beyond != null
                && !beyond.equals(address(DEVICE_IP))
                && (has(DEVICE) || has(DEVICE_NAME))
                && !has(DST_HOST)
                && !account.isEmpty();
        contact(origin, time, gateway ? "rdp-gateway" : "rdp", out);
        if (account.isEmpty()) {
            return;
        }
        String host = host();
        Outcome outcome = signedIn();
        if (!gateway) {
            signIn(origin, time, account, Means.REMOTE_DESKTOP, outcome, host, out);
            return;
        }
        String domain = domain(USER_DOMAIN, USER_MAIL, USER);
        out.accept(new SignIn(
                origin,
                time,
                account,
                domain,
                address(SRC),
                name(SRC_HOST),
                host,
                address(DEVICE_IP),
                Means.REMOTE_DESKTOP,
                outcome,
                "",
                text(SRC_COUNTRY),
                text(AGENT),
                text(SESSION)));
        if (batch.number(Attribute.ACTIVITY_ID, row, 0) == CONNECTED) {
            out.accept(new SignIn(
                    origin,
                    time,
                    account,
                    domain,
                    address(DEVICE_IP),
                    host,
                    "",
                    beyond,
                    Means.REMOTE_DESKTOP,
                    outcome,
                    "",
                    "",
                    "",
                    text(SESSION)));
        }
    }

    private void ssh(Origin origin, long time, Consumer<Observation> out) {
        contact(origin, time, "ssh", out);
        Outcome outcome = signedIn();
        if (outcome != Outcome.UNKNOWN) {
            signIn(origin, time, account(USER), Means.SSH, outcome, host(), out);
        }
    }

    private void smb(Origin origin, long time, Consumer<Observation> out) {
        Address src = address(SRC);
        Address dst = address(DST);
        String share = text(SHARE);
        String file = text(FILE);
        String name = file.isEmpty() ? text(FILE_NAME) : file;
        String what = share.isEmpty() || name.isEmpty() || name.equals("Unknown") ? share : share + "\\" + name;
        if (src == null && has(DEVICE)) {
            return;
        }
        out.accept(new Call(
                origin,
                time,
                src,
                dst,
                host(),
                account(ACTOR),
                "smb",
                texts.held(what),
                text(SMB_COMMAND),
                outcome(false)));
    }

    private void tunnel(Origin origin, long time, Consumer<Observation> out) {
        Address given = address(TUNNEL);
        Address from = address(SRC);
        String account = account(USER);
        long activity = batch.number(Attribute.ACTIVITY_ID, row, 0);
        if (given != null) {
            out.accept(new Lease(
                    origin, time, given, from, name(SRC_HOST), "", account, Lease.Kind.VPN, 0, activity == 2));
        }
        Address to = address(DST);
        if (given == null && from != null && to != null && activity == 1) {
            // A sensor saw one kind of traffic wrapped in another: Zeek's `Tunnel::GRE`.
            String type = lower(TUNNEL_TYPE);
            String inner = texts.held(type.substring(type.lastIndexOf(':') + 1));
            int wrapped = switch (inner) {
                case "gre" -> 47;
                case "ip" -> 4;
                default -> transport();
            };
            out.accept(new Contact(
                    origin,
                    time,
                    from,
                    port(SRC_PORT),
                    to,
                    port(DST_PORT),
                    wrapped,
                    Outcome.UNKNOWN,
                    0.9f,
                    -1,
                    -1,
                    -1,
                    -1,
                    -1,
                    inner.isEmpty() ? "tunnel" : inner,
                    wrapped != 47 && wrapped != 4));
        }
        if (!account.isEmpty() && activity == 1) {
            Outcome outcome = signedIn();
            signIn(
                    origin,
                    time,
                    account,
                    Means.VPN,
                    outcome == Outcome.UNKNOWN ? Outcome.SUCCESS : outcome,
                    host(),
                    out);
        }
    }

    private void mail(Origin origin, long time, Consumer<Observation> out) {
        String from = lower(MAIL_FROM);
        List<String> to = list(MAIL_TO, 64);
        out.accept(new Mail(origin, time, from, to, address(SRC), text(MAIL_SUBJECT), text(MAIL_ID)));
    }

    // ---- accounts

    private Outcome signedIn() {
        long status = batch.number(STATUS, row, 0);
        return status == 1 ? Outcome.SUCCESS : status == 2 && !interrupted() ? Outcome.REFUSED : Outcome.UNKNOWN;
    }

    /// Whether a sign-in was broken off for something that is still asked: it goes on in a record of its own.
    private boolean interrupted() {
        return batch.classUid(row) == 3002 && has(CLOUD) && INTERRUPTED.contains(text(STATUS_CODE));
    }

    private void signIn(Origin origin, long time, Consumer<Observation> out) {
        long activity = batch.number(Attribute.ACTIVITY_ID, row, 0);
        Outcome outcome = signedIn();
        Means means;
        String host = host();
        if (activity == 1 || activity == 99) {
            means = means();
            if (means == Means.CLOUD && !has(DEVICE) && has(SERVICE_NAME)) {
                // What stands as the device is what somebody sat at, not what he signed in to.
                host = lower(SERVICE_NAME);
            }
        } else if (activity == 3 || activity == 4 || activity == 6) {
            means = Means.TICKET;
            if (activity == 4) {
                String service = lower(SERVICE_NAME);
                host = service.isEmpty() ? host : service;
            }
            outcome = activity == 6 && outcome == Outcome.UNKNOWN ? Outcome.REFUSED : outcome;
        } else {
            return;
        }
        String account = means == Means.TICKET ? principal(account(USER)) : account(USER);
        if (activity == 99 && outcome == Outcome.UNKNOWN) {
            return;
        }
        boolean explicit =
                means == Means.UNKNOWN && has(DST_HOST) && !account(ACTOR).isEmpty() && has(DEVICE);
        signIn(origin, time, account, explicit ? Means.EXPLICIT : means, outcome, host, out);
    }

    private Means means() {
        String service = lower(SERVICE_NAME);
        // A tool's sign-in says that it is remote and interactive too: the tool is the means.
        if (service.contains("screenconnect") || service.contains("anydesk") || service.contains("teamviewer")) {
            return Means.REMOTE_SUPPORT;
        }
        long type = batch.number(LOGON_TYPE, row, -1);
        if (type >= 0) {
            // OCSF's numbers are Windows' own.
            return switch ((int) type) {
                case 2, 7, 11, 13 -> Means.INTERACTIVE;
                case 3, 8 -> Means.NETWORK;
                case 4, 5 -> Means.SERVICE;
                case 9 -> Means.EXPLICIT;
                case 10, 12 -> Means.REMOTE_DESKTOP;
                default -> Means.UNKNOWN;
            };
        }
        if (service.contains("sshd") || service.equals("ssh")) {
            return Means.SSH;
        }
        if (service.contains("vpn") || service.contains("globalprotect") || service.contains("anyconnect")) {
            return Means.VPN;
        }
        if (has(CLOUD)) {
            return Means.CLOUD;
        }
        return batch.column(SRC) != null && has(SRC) ? Means.NETWORK : Means.UNKNOWN;
    }

    private void signIn(
            Origin origin,
            long time,
            String account,
            Means means,
            Outcome outcome,
            String host,
            Consumer<Observation> out) {
        String by = means == Means.EXPLICIT ? account(ACTOR) : "";
        String domain = domain(USER_DOMAIN, USER_MAIL, USER);
        Address dst = address(DST);
        String from = name(SRC_HOST);
        // Windows names itself as the workstation of a remote desktop's sign-in (event 4624, logon type 10).
        if (address(SRC) != null && Hosts.shortName(from).equals(Hosts.shortName(host))) {
            from = "";
        }
        out.accept(new SignIn(
                origin,
                time,
                account,
                domain,
                address(SRC),
                from,
                means == Means.EXPLICIT && has(DST_HOST) ? name(DST_HOST) : host,
                dst == null ? address(DEVICE_IP) : dst,
                means,
                outcome,
                by,
                text(SRC_COUNTRY),
                text(AGENT),
                text(SESSION)));
    }

    private void change(Origin origin, long time, Consumer<Observation> out) {
        long activity = batch.number(Attribute.ACTIVITY_ID, row, 0);
        Changed changed = switch (origin.classUid()) {
            case 3001 ->
                activity == 1
                        ? Changed.ACCOUNT_CREATED
                        : activity == 3 || activity == 4 ? Changed.PASSWORD_CHANGED : Changed.ACCOUNT_CHANGED;
            case 3006 -> Changed.GROUP_CHANGED;
            default -> Changed.OTHER;
        };
        String operation = lower(OPERATION);
        if (consents(operation)) {
            changed = Changed.CONSENT;
        }
        String what = account(USER);
        String group = text(GROUP);
        if (signedIn() == Outcome.REFUSED && !operation.isEmpty()) {
            // Nothing was changed, but somebody tried.
            String service = lower(API_SERVICE);
            out.accept(new Use(
                    origin,
                    time,
                    account(ACTOR),
                    address(SRC),
                    service,
                    text(OPERATION),
                    what,
                    Outcome.REFUSED,
                    particulars()));
            return;
        }
        out.accept(new Change(
                origin,
                time,
                changed,
                host(),
                account(ACTOR),
                address(SRC),
                what,
                joined(group, joined(operation, particulars()))));
    }

    private String particulars() {
        return particulars.of(batch, row);
    }

    /// What was done, and with what.
    private String joined(String operation, String more) {
        return texts.held(operation.isEmpty() || more.isEmpty() ? operation + more : operation + ": " + more);
    }

    private static boolean consents(String operation) {
        return operation.startsWith("consent to application")
                || operation.startsWith("add oauth2permissiongrant")
                || operation.startsWith("add delegated permission grant")
                || operation.startsWith("add app role assignment")
                || operation.equals("authorize");
    }

    private void use(Origin origin, long time, Consumer<Observation> out) {
        String operation = text(OPERATION);
        String account = account(ACTOR);
        String mail = lower(ACTOR_MAIL);
        String who = account.isEmpty() ? (mail.isEmpty() ? account(USER) : mail) : account;
        List<String> resources = list(RESOURCE, 1);
        String what = resources.isEmpty() ? text(FILE_NAME) : resources.getFirst();
        String service = lower(API_SERVICE);
        String folded = operation.toLowerCase(Locale.ROOT);
        boolean done = signedIn() != Outcome.REFUSED;
        if (done && consents(folded)) {
            String detail = joined(operation, particulars());
            out.accept(new Change(origin, time, Changed.CONSENT, service, who, address(SRC), what, detail));
            return;
        }
        if (done && MAIL_RULES.contains(folded)) {
            String detail = joined(operation, particulars());
            out.accept(new Change(origin, time, Changed.MAIL_RULE, service, who, address(SRC), what, detail));
            return;
        }
        if (operation.isEmpty()) {
            return;
        }
        boolean told = folded.startsWith("search") || folded.startsWith("mail");
        String detail = !told && batch.number(Attribute.ACTIVITY_ID, row, 0) == READ ? "" : particulars();
        out.accept(new Use(origin, time, who, address(SRC), service, operation, what, signedIn(), texts.held(detail)));
    }

    // ---- machines

    private void launch(Origin origin, long time, Consumer<Observation> out) {
        if (batch.number(Attribute.ACTIVITY_ID, row, 1) != 1) {
            return;
        }
        String account = account(PROCESS_USER);
        boolean actor = account.isEmpty();
        String image = text(IMAGE);
        String parent = text(PARENT);
        String session = text(PROCESS_SESSION);
        out.accept(new Launch(
                origin,
                time,
                host(),
                actor ? account(ACTOR) : account,
                actor ? domain(ACTOR_DOMAIN, ACTOR_MAIL, ACTOR) : domain(PROCESS_DOMAIN, ACTOR_MAIL, PROCESS_USER),
                image.isEmpty() ? text(PROCESS) : image,
                text(COMMAND),
                parent.isEmpty() ? text(ACTOR_IMAGE) : parent,
                session.isEmpty() ? text(ACTOR_SESSION) : session));
    }

    private void file(Origin origin, long time, Consumer<Observation> out) {
        long activity = batch.number(Attribute.ACTIVITY_ID, row, 0);
        // OCSF: 1 Create, 3 Update, 5 Rename.
        if (activity != 1 && activity != 3 && activity != 5) {
            return;
        }
        String path = text(FILE);
        out.accept(new Written(
                origin,
                time,
                host(),
                address(SRC),
                account(ACTOR),
                path.isEmpty() ? text(FILE_NAME) : path,
                batch.number(FILE_SIZE, row, -1),
                text(ACTOR_IMAGE)));
    }

    private void job(Origin origin, long time, Consumer<Observation> out) {
        long activity = batch.number(Attribute.ACTIVITY_ID, row, 0);
        if (activity == 1 || activity == 2) {
            out.accept(new Change(
                    origin,
                    time,
                    Changed.JOB_CREATED,
                    host(),
                    account(ACTOR),
                    address(SRC),
                    text(JOB),
                    text(JOB_COMMAND)));
        }
    }

    private void service(Origin origin, long time, Consumer<Observation> out) {
        if (batch.number(Attribute.ACTIVITY_ID, row, 0) == 1) {
            out.accept(new Change(
                    origin,
                    time,
                    Changed.SERVICE_INSTALLED,
                    host(),
                    account(ACTOR),
                    address(SRC),
                    text(WIN_SERVICE),
                    text(WIN_SERVICE_COMMAND)));
        }
    }

    /// OCSF's Event Log Activity: 1 Clear.
    private void log(Origin origin, long time, Consumer<Observation> out) {
        if (batch.number(Attribute.ACTIVITY_ID, row, 0) == 1) {
            out.accept(
                    new Change(origin, time, Changed.LOG_CLEARED, host(), account(ACTOR), address(SRC), text(LOG), ""));
        }
    }

    // ---- values

    private boolean has(Attribute attribute) {
        Column column = batch.column(attribute);
        return column != null && column.has(row);
    }

    private String text(Attribute attribute) {
        Column column = batch.column(attribute);
        return column == null || !column.has(row) ? "" : texts.plain(batch.arena(), column.value(row));
    }

    private String lower(Attribute attribute) {
        Column column = batch.column(attribute);
        return column == null || !column.has(row) ? "" : texts.lower(batch.arena(), column.value(row));
    }

    /// A host's name: lower case, no dot at its end.
    private String name(Attribute attribute) {
        String name = lower(attribute);
        return name.endsWith(".") ? texts.held(name.substring(0, name.length() - 1)) : name;
    }

    /// An account's name without its domain: neither `domain\` nor `@domain`.
    private String account(Attribute attribute) {
        String name = lower(attribute);
        int slash = name.lastIndexOf('\\');
        int at = name.indexOf('@');
        if (slash >= 0 || at > 0) {
            String plain = name.substring(slash + 1);
            int end = plain.indexOf('@');
            return texts.held(end > 0 ? plain.substring(0, end) : plain);
        }
        return name.equals("unknown") || name.equals("-") ? "" : name;
    }

    /// Zeek writes a Kerberos principal with its realm: `eve/ACME.EXAMPLE`.
    private String principal(String account) {
        int realm = realm(account);
        return realm > 0 ? texts.held(account.substring(0, realm)) : account;
    }

    private int realm(String principal) {
        return text(LOG).equals("kerberos") ? principal.lastIndexOf('/') : -1;
    }

    private String domain(Attribute domain, Attribute mail, Attribute name) {
        String stated = lower(domain);
        if (!stated.isEmpty() && !stated.equals("-")) {
            return stated;
        }
        String whole = lower(name);
        int slash = whole.lastIndexOf('\\');
        if (slash > 0) {
            return texts.held(whole.substring(0, slash));
        }
        int realm = realm(whole);
        if (realm > 0) {
            return texts.held(whole.substring(realm + 1));
        }
        String address = whole.indexOf('@') > 0 ? whole : lower(mail);
        int at = address.indexOf('@');
        return at > 0 ? texts.held(address.substring(at + 1)) : "";
    }

    private String host() {
        String host = name(DEVICE);
        if (host.isEmpty()) {
            host = name(DEVICE_NAME);
        }
        if (host.isEmpty()) {
            host = name(DST_HOST);
        }
        host = host.isEmpty() ? name(DST_NAME) : host;
        return host.isEmpty() && batch.classUid(row) == 3002 ? machine : host;
    }

    private int port(Attribute attribute) {
        return (int) batch.number(attribute, row, -1);
    }

    private @Nullable Address address(Attribute attribute) {
        Column column = batch.column(attribute);
        return column == null || !column.has(row) ? null : texts.address(batch.arena(), column.value(row));
    }

    private List<String> list(Attribute attribute, int most) {
        Column column = batch.column(attribute);
        if (column == null || !column.has(row)) {
            return List.of();
        }
        List<String> out = new ArrayList<>();
        for (int i = 0; i < Math.min(most, column.count(row)); i++) {
            out.add(texts.lower(batch.arena(), column.value(row, i)));
        }
        return List.copyOf(out);
    }
}
