package io.carom.observe;

import java.io.Serializable;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Something that happened, said by one event. Texts are interned within a run, lower case where their
/// case says nothing (host names, domains, accounts), and cut to {@link #LONGEST} characters.
///
/// Times are milliseconds since 1970 and state when it began, also where the product logs the end.
public sealed interface Observation extends Serializable {
    int LONGEST = 1024;

    Origin origin();

    long time();

    /// What became of it.
    enum Outcome {
        SUCCESS,
        /// Turned away by the other side: a reset, a wrong password.
        REFUSED,
        /// No answer came.
        SILENT,
        /// A firewall or policy did not let it through.
        DENIED,
        UNKNOWN;

        /// Whether it surely came to nothing.
        public boolean failed() {
            return this == REFUSED || this == SILENT || this == DENIED;
        }
    }

    /// What of its amounts was not told before, where another event told of the same contact.
    enum Rest {
        /// Nothing: another sensor saw the same.
        NONE,
        /// All: the other was its beginning, and this its end.
        ALL,
        /// What came since: the other told of it while it went on.
        MORE
    }

    /// One machine contacted another. Connections and flows.
    ///
    /// @param srcPort and `dstPort`: -1 where not stated
    /// @param transport IP protocol number: 1 ICMP, 6 TCP, 17 UDP; -1 where not stated
    /// @param sure how sure it is that `src` began it: 1 it did, 0.5 nobody knows
    /// @param bytesOut from `src`; -1 where not stated, as for `bytesIn`, `packetsOut` and `packetsIn`
    /// @param duration milliseconds; -1 where not stated
    /// @param service what was spoken as the sensor recognised it: `ssl`, `smb`, `rdp`; empty if not said
    /// @param again whether another event already told of the same contact (a second sensor, or its end
    ///     after its beginning); who counts contacts leaves these out
    /// @param wireOut bytes from `src` with the headers of IP and above, for sensors that count both; -1
    ///     where not stated, as `wireIn`
    /// @param rest of a contact that is told again, what was not told before; `moreOut` and `moreIn` how
    /// much, for
    ///     {@link Rest#MORE}. Who adds amounts up takes {@link Contact#newOut} and {@link Contact#newIn} of those
    /// that     {@link Contact#addsUp}
    record Contact(
            Origin origin,
            long time,
            Address src,
            int srcPort,
            Address dst,
            int dstPort,
            int transport,
            Outcome outcome,
            float sure,
            long bytesOut,
            long bytesIn,
            long packetsOut,
            long packetsIn,
            long duration,
            String service,
            boolean again,
            long wireOut,
            long wireIn,
            Rest rest,
            long moreOut,
            long moreIn)
            implements Observation {
        /// A contact that is told for the first time, or of which nothing more is told.
        public Contact(
                Origin origin,
                long time,
                Address src,
                int srcPort,
                Address dst,
                int dstPort,
                int transport,
                Outcome outcome,
                float sure,
                long bytesOut,
                long bytesIn,
                long packetsOut,
                long packetsIn,
                long duration,
                String service,
                boolean again,
                long wireOut,
                long wireIn) {
            this(
                    origin,
                    time,
                    src,
                    srcPort,
                    dst,
                    dstPort,
                    transport,
                    outcome,
                    sure,
                    bytesOut,
                    bytesIn,
                    packetsOut,
                    packetsIn,
                    duration,
                    service,
                    again,
                    wireOut,
                    wireIn,
                    Rest.NONE,
                    0,
                    0);
        }

        /// A contact whose bytes were counted in one way only.
        public Contact(
                Origin origin,
                long time,
                Address src,
                int srcPort,
                Address dst,
                int dstPort,
                int transport,
                Outcome outcome,
                float sure,
                long bytesOut,
                long bytesIn,
                long packetsOut,
                long packetsIn,
                long duration,
                String service,
                boolean again) {
            this(
                    origin,
                    time,
                    src,
                    srcPort,
                    dst,
                    dstPort,
                    transport,
                    outcome,
                    sure,
                    bytesOut,
                    bytesIn,
                    packetsOut,
                    packetsIn,
                    duration,
                    service,
                    again,
                    -1,
                    -1);
        }

        public Contact told() {
            return new Contact(
                    origin,
                    time,
                    src,
                    srcPort,
                    dst,
                    dstPort,
                    transport,
                    outcome,
                    sure,
                    bytesOut,
                    bytesIn,
                    packetsOut,
                    packetsIn,
                    duration,
                    service,
                    true,
                    wireOut,
                    wireIn);
        }

        /// As told again, with these bytes that were not told before.
        Contact told(Rest more, long out, long in) {
            return new Contact(
                    origin,
                    time,
                    src,
                    srcPort,
                    dst,
                    dstPort,
                    transport,
                    outcome,
                    sure,
                    bytesOut,
                    bytesIn,
                    packetsOut,
                    packetsIn,
                    duration,
                    service,
                    true,
                    wireOut,
                    wireIn,
                    more,
                    out,
                    in);
        }

        /// As if nobody had told of it before.
        public Contact first() {
            return new Contact(
                    origin,
                    time,
                    src,
                    srcPort,
                    dst,
                    dstPort,
                    transport,
                    outcome,
                    sure,
                    bytesOut,
                    bytesIn,
                    packetsOut,
                    packetsIn,
                    duration,
                    service,
                    false,
                    wireOut,
                    wireIn,
                    rest,
                    moreOut,
                    moreIn);
        }

        /// Bytes from `src` that were not told before; -1 where not stated.
        public long newOut() {
            return rest == Rest.MORE ? Math.min(bytesOut, moreOut) : bytesOut;
        }

        public long newIn() {
            return rest == Rest.MORE ? Math.min(bytesIn, moreIn) : bytesIn;
        }

        /// Whether what passed is to be counted: it was not told before.
        public boolean addsUp() {
            return !again || rest != Rest.NONE;
        }
    }

    /// What passed on the connection that something was said on.
    ///
    /// @param bytesOut from the client, headers included where the sensor counts them; -1 where not
    ///     stated, as `bytesIn`
    /// @param duration milliseconds; -1 where not stated
    record Carried(long bytesOut, long bytesIn, long duration) implements Serializable {
        /// The connection is not known, or what passed on it was told with another observation.
        public static final Carried UNKNOWN = new Carried(-1, -1, -1);
    }

    /// A TLS client said hello.
    ///
    /// @param srcPort -1 where not stated
    /// @param carried what passed on its connection
    /// @param serverName the name it asked for (SNI); empty if none
    /// @param ja3 fingerprint of the client; `ja4` likewise; empty if not computed
    /// @param subject and `issuer`: of the server's certificate; empty if not seen
    record Hello(
            Origin origin,
            long time,
            Address src,
            Address dst,
            int dstPort,
            String serverName,
            String ja3,
            String ja4,
            String subject,
            String issuer,
            int srcPort,
            Carried carried)
            implements Observation {
        /// A hello whose connection is not known.
        public Hello(
                Origin origin,
                long time,
                Address src,
                Address dst,
                int dstPort,
                String serverName,
                String ja3,
                String ja4,
                String subject,
                String issuer) {
            this(origin, time, src, dst, dstPort, serverName, ja3, ja4, subject, issuer, -1, Carried.UNKNOWN);
        }

        Hello on(Carried connection) {
            return new Hello(
                    origin, time, src, dst, dstPort, serverName, ja3, ja4, subject, issuer, srcPort, connection);
        }
    }

    /// A name was looked up.
    ///
    /// @param src who asked; `server` whom, null if not said
    /// @param name without a trailing dot, lower case
    /// @param type `A`, `TXT`; empty if not said
    /// @param rcode RFC 1035 response code; -1 if there is no answer
    /// @param answers addresses and names it was answered with, at most 16
    record Lookup(
            Origin origin,
            long time,
            @Nullable Address src,
            String srcHost,
            @Nullable Address server,
            String name,
            String type,
            int rcode,
            List<String> answers)
            implements Observation {}

    /// Something was asked of a web server or by way of a proxy.
    ///
    /// @param dst the server asked; for a proxy's log, where it went on to; null if not said
    /// @param host name of the site, lower case; empty if not said
    /// @param proxied whether a proxy was asked (its own log, or a `CONNECT`, or an absolute URL)
    /// @param status 0 if not said
    /// @param bytesOut of the request; -1 where not stated, as `bytesIn` of the response
    /// @param srcPort -1 where not stated
    /// @param carried what passed on its connection, with the first request on it
    record Request(
            Origin origin,
            long time,
            Address src,
            @Nullable Address dst,
            int dstPort,
            String host,
            String method,
            String path,
            String userAgent,
            String account,
            int status,
            long bytesOut,
            long bytesIn,
            boolean proxied,
            int srcPort,
            Carried carried)
            implements Observation {
        /// A request whose connection is not known.
        public Request(
                Origin origin,
                long time,
                Address src,
                @Nullable Address dst,
                int dstPort,
                String host,
                String method,
                String path,
                String userAgent,
                String account,
                int status,
                long bytesOut,
                long bytesIn,
                boolean proxied) {
            this(
                    origin,
                    time,
                    src,
                    dst,
                    dstPort,
                    host,
                    method,
                    path,
                    userAgent,
                    account,
                    status,
                    bytesOut,
                    bytesIn,
                    proxied,
                    -1,
                    Carried.UNKNOWN);
        }

        Request on(Carried connection) {
            return new Request(
                    origin,
                    time,
                    src,
                    dst,
                    dstPort,
                    host,
                    method,
                    path,
                    userAgent,
                    account,
                    status,
                    bytesOut,
                    bytesIn,
                    proxied,
                    srcPort,
                    connection);
        }
    }

    /// How somebody signs in.
    enum Means {
        /// At the machine itself.
        INTERACTIVE,
        /// Over the network to a share or service (Windows logon type 3).
        NETWORK,
        REMOTE_DESKTOP,
        SSH,
        VPN,
        /// To a web portal or a cloud service.
        CLOUD,
        /// A Kerberos ticket was asked for.
        TICKET,
        /// A remote-support tool: ScreenConnect, AnyDesk, TeamViewer.
        REMOTE_SUPPORT,
        /// A service or job began under the account.
        SERVICE,
        /// With another account's password by somebody signed in already (Windows event 4648).
        EXPLICIT,
        UNKNOWN
    }

    /// An account signed in, or tried to.
    ///
    /// @param account name without domain, lower case
    /// @param domain Windows domain or mail domain, lower case; empty if not said
    /// @param src where it came from; null if not said
    /// @param srcHost name of the machine it came from; empty if not said
    /// @param host the machine that was signed in to, or the cloud service
    /// @param dst its address; null if not said
    /// @param by who did it with this account's password, for {@link Means#EXPLICIT}; empty if nobody else
    /// @param country two letters, where the product says; empty if not
    /// @param session id the product gave it; empty if none
    record SignIn(
            Origin origin,
            long time,
            String account,
            String domain,
            @Nullable Address src,
            String srcHost,
            String host,
            @Nullable Address dst,
            Means means,
            Outcome outcome,
            String by,
            String country,
            String userAgent,
            String session)
            implements Observation {}

    /// A process began.
    ///
    /// @param image path of its program; `parent` of the one that began it
    record Launch(
            Origin origin,
            long time,
            String host,
            String account,
            String domain,
            String image,
            String commandLine,
            String parent,
            String session)
            implements Observation {}

    /// A file was written or renamed.
    ///
    /// @param host or the share's server; empty if not said
    /// @param size bytes; -1 if not said
    record Written(
            Origin origin,
            long time,
            String host,
            @Nullable Address src,
            String account,
            String path,
            long size,
            String by)
            implements Observation {}

    /// An address was lent to a machine or an account, or given back.
    ///
    /// @param address that was lent
    /// @param outside the address it is reached at: a VPN client's, or behind a translation; null if none
    /// @param host name of whom it was lent to; `mac` likewise; `account` who signed in for it; empty if
    /// not said
    /// @param kind by what
    /// @param until when it ends unless renewed; 0 if not said
    /// @param ended whether it was given back now
    record Lease(
            Origin origin,
            long time,
            Address address,
            @Nullable Address outside,
            String host,
            String mac,
            String account,
            Kind kind,
            long until,
            boolean ended)
            implements Observation {
        public enum Kind {
            DHCP,
            VPN,
            NAT
        }
    }

    /// What was changed.
    enum Changed {
        ACCOUNT_CREATED,
        ACCOUNT_CHANGED,
        PASSWORD_CHANGED,
        GROUP_CHANGED,
        SERVICE_INSTALLED,
        JOB_CREATED,
        LOG_CLEARED,
        /// A mailbox rule or a forwarding.
        MAIL_RULE,
        /// An application was given access in a user's or everybody's name.
        CONSENT,
        POLICY,
        OTHER
    }

    /// An account, a machine or a service was changed.
    ///
    /// @param host the machine or service it happened at
    /// @param account who did it
    /// @param what the thing: account, service, rule
    /// @param detail command, forwarding address, group; empty if not said
    record Change(
            Origin origin,
            long time,
            Changed changed,
            String host,
            String account,
            @Nullable Address src,
            String what,
            String detail)
            implements Observation {}

    /// A service of a machine was called over the network: a share opened, an RPC interface bound, a
    /// directory searched.
    ///
    /// @param service `smb`, `rpc`, `ldap`, `snmp`
    /// @param what share, interface or search base; empty if not said
    /// @param operation of the service; empty if not said
    record Call(
            Origin origin,
            long time,
            @Nullable Address src,
            @Nullable Address dst,
            String host,
            String account,
            String service,
            String what,
            String operation,
            Outcome outcome)
            implements Observation {}

    /// A mailbox or a cloud service was used.
    ///
    /// @param operation as the product names it
    /// @param what mailbox, file, application
    /// @param detail what it was asked for, `name=value; name=value`; empty if not said, or if it was only
    /// read
    record Use(
            Origin origin,
            long time,
            String account,
            @Nullable Address src,
            String service,
            String operation,
            String what,
            Outcome outcome,
            String detail)
            implements Observation {
        /// A use of which no more is known.
        public Use(
                Origin origin,
                long time,
                String account,
                @Nullable Address src,
                String service,
                String operation,
                String what,
                Outcome outcome) {
            this(origin, time, account, src, service, operation, what, outcome, "");
        }
    }

    /// A mail was sent or received.
    ///
    /// @param src the server that handed it over; null if not said
    record Mail(
            Origin origin,
            long time,
            String from,
            List<String> to,
            @Nullable Address src,
            String subject,
            String messageId)
            implements Observation {}
}
