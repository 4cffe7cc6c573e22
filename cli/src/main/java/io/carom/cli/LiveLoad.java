package io.carom.cli;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.SplittableRandom;

/// Records of several products as they would come now, some of which hold an indicator. Made cheaply,
/// so that who makes them takes little of the machine that is measured: texts with a few parts that
/// vary.
final class LiveLoad {
    /// One record in so many holds an indicator.
    static final int SELDOM = 2_000;

    /// Before one batch in so many a machine tries the same port of many others.
    private static final int SCANS = 100;

    static final int TRIED = 60;

    private static final DateTimeFormatter SYSLOG =
            DateTimeFormatter.ofPattern("MMM dd yyyy HH:mm:ss", Locale.ROOT).withZone(ZoneOffset.UTC);
    private static final String[] IMAGES = {
        "C:\\\\Windows\\\\System32\\\\svchost.exe", "C:\\\\Program Files\\\\Mozilla Firefox\\\\firefox.exe",
        "C:\\\\Windows\\\\System32\\\\spoolsv.exe", "C:\\\\Windows\\\\explorer.exe",
        "C:\\\\Windows\\\\System32\\\\taskhostw.exe", "C:\\\\Program Files\\\\Git\\\\cmd\\\\git.exe"
    };
    private static final String[] COMMANDS = {
        "-k netsvcs -p -s Schedule",
        "-contentproc --channel=",
        "0xffffffff -ForceV1",
        "/factory,{75dff2b7}",
        "KEYROAMING",
        "fetch --all --prune"
    };

    private final int half;
    private final SplittableRandom random;
    private final StringBuilder out = new StringBuilder(1 << 18);
    private long made;
    private long scanned;

    /// @param indicators how many there are of those that {@link #indicators} writes
    LiveLoad(long seed, int indicators) {
        half = Math.max(1, indicators / 2);
        random = new SplittableRandom(seed);
    }

    /// Writes so many indicators, half addresses and half names.
    static void indicators(Path file, int count) throws java.io.IOException {
        StringBuilder text = new StringBuilder(count * 28);
        text.append("value,type\n");
        for (int i = 0; i < count; i++) {
            text.append(i % 2 == 0 ? badAddress(i / 2) + ",ip\n" : badName(i / 2) + ",domain\n");
        }
        Files.writeString(file, text);
    }

    private static String badAddress(int n) {
        return (100 + n / 4_194_304 % 50) + "." + (n >> 16 & 63) + "." + (n >> 8 & 255) + "." + (n & 255);
    }

    private static String badName(int n) {
        return "cdn-" + Integer.toString(n * 7919 + 13, 36) + ".update-" + Integer.toString(n, 36) + ".example";
    }

    /// So many records, a line each.
    byte[] lines(int count, long nowMillis) {
        out.setLength(0);
        Instant now = Instant.ofEpochMilli(nowMillis);
        String iso = now.toString();
        String syslog = SYSLOG.format(now);
        String seconds = nowMillis / 1000 + "." + "%03d".formatted(nowMillis % 1000);
        if (random.nextInt(SCANS) == 0) {
            scan(seconds);
        }
        for (int i = 0; i < count; i++) {
            made++;
            boolean bad = made % SELDOM == 0;
            int kind = random.nextInt(100);
            if (kind < 25) {
                asa(syslog, bad);
            } else if (kind < 50) {
                connection(seconds, bad);
            } else if (kind < 65) {
                lookup(seconds, bad);
            } else if (kind < 80) {
                process(iso);
            } else if (kind < 90) {
                logon(iso, bad);
            } else {
                secureShell(iso, bad);
            }
        }
        return out.toString().getBytes(StandardCharsets.US_ASCII);
    }

    private StringBuilder inside() {
        int n = random.nextInt(4_000);
        return out.append("10.20.").append(n / 250).append('.').append(1 + n % 250);
    }

    private void outside(boolean bad) {
        if (bad) {
            out.append(badAddress(random.nextInt(half)));
            return;
        }
        // Most of what a company talks to is the same few thousand places.
        int n = random.nextInt(10) == 0 ? random.nextInt(1 << 20) : random.nextInt(3_000);
        out.append(198)
                .append('.')
                .append(18 + (n >> 16 & 1))
                .append('.')
                .append(n >> 8 & 255)
                .append('.')
                .append(n & 255);
    }

    private void asa(String time, boolean bad) {
        out.append("<166>").append(time).append(" fw1 : %ASA-6-302014: Teardown TCP connection ");
        out.append(random.nextInt(1 << 30)).append(" for outside:");
        outside(bad);
        out.append("/443 to inside:");
        inside().append('/').append(1024 + random.nextInt(60_000));
        out.append(" duration 0:00:")
                .append(10 + random.nextInt(49))
                .append(" bytes ")
                .append(random.nextInt(100_000));
        out.append(" TCP FINs\n");
    }

    private void connection(String time, boolean bad) {
        out.append("{\"_path\":\"conn\",\"ts\":")
                .append(time)
                .append(",\"uid\":\"C")
                .append(random.nextInt(1 << 30));
        out.append("\",\"id.orig_h\":\"");
        inside().append("\",\"id.orig_p\":")
                .append(1024 + random.nextInt(60_000))
                .append(",\"id.resp_h\":\"");
        outside(bad);
        out.append("\",\"id.resp_p\":443,\"proto\":\"tcp\",\"service\":\"ssl\",\"duration\":")
                .append(random.nextInt(100));
        out.append(".5,\"orig_bytes\":").append(random.nextInt(5_000)).append(",\"resp_bytes\":");
        out.append(random.nextInt(100_000)).append(",\"conn_state\":\"SF\",\"orig_pkts\":12,\"resp_pkts\":20}\n");
    }

    /// {@link #TRIED} records beside those that were asked for.
    private void scan(String time) {
        int from = random.nextInt(4_000);
        int subnet = random.nextInt(16);
        for (int i = 1; i <= TRIED; i++) {
            out.append("{\"_path\":\"conn\",\"ts\":")
                    .append(time)
                    .append(",\"uid\":\"S")
                    .append(random.nextInt(1 << 30));
            out.append("\",\"id.orig_h\":\"10.20.")
                    .append(from / 250)
                    .append('.')
                    .append(1 + from % 250);
            out.append("\",\"id.orig_p\":")
                    .append(40_000 + i)
                    .append(",\"id.resp_h\":\"10.21.")
                    .append(subnet);
            out.append('.').append(i).append("\",\"id.resp_p\":445,\"proto\":\"tcp\",\"conn_state\":\"REJ\",");
            out.append("\"orig_pkts\":1,\"resp_pkts\":1}\n");
        }
        scanned += TRIED;
    }

    /// Records made of scans so far.
    long scanned() {
        return scanned;
    }

    private void lookup(String time, boolean bad) {
        out.append("{\"_path\":\"dns\",\"ts\":")
                .append(time)
                .append(",\"uid\":\"C")
                .append(random.nextInt(1 << 30));
        out.append("\",\"id.orig_h\":\"");
        inside().append("\",\"id.orig_p\":").append(1024 + random.nextInt(60_000));
        out.append(",\"id.resp_h\":\"10.20.0.53\",\"id.resp_p\":53,\"proto\":\"udp\",\"query\":\"");
        if (bad) {
            out.append(badName(random.nextInt(half)));
        } else {
            out.append("www")
                    .append(random.nextInt(4))
                    .append(".site")
                    .append(random.nextInt(20_000))
                    .append(".example");
        }
        out.append("\",\"qtype_name\":\"A\",\"rcode_name\":\"NOERROR\",\"Z\":0,\"answers\":[\"198.18.3.4\"]}\n");
    }

    private void process(String time) {
        int which = random.nextInt(IMAGES.length);
        out.append("{\"EventID\":1,\"Channel\":\"Microsoft-Windows-Sysmon/Operational\",\"Provider_Name\":");
        out.append("\"Microsoft-Windows-Sysmon\",\"Computer\":\"ws").append(random.nextInt(4_000));
        out.append(".corp.example\",\"@timestamp\":\"").append(time).append("\",\"UtcTime\":\"");
        out.append(time, 0, 10).append(' ').append(time, 11, time.length() - 1).append("\",\"ProcessId\":\"");
        out.append(random.nextInt(30_000))
                .append("\",\"Image\":\"")
                .append(IMAGES[which])
                .append("\",\"CommandLine\":\"");
        out.append(IMAGES[which])
                .append(' ')
                .append(COMMANDS[which])
                .append(' ')
                .append(random.nextInt(50_000));
        out.append("\",\"User\":\"CORP\\\\user").append(random.nextInt(4_000)).append("\",\"ParentImage\":\"");
        out.append(
                "C:\\\\Windows\\\\System32\\\\services.exe\",\"ParentCommandLine\":\"services.exe\",\"IntegrityLevel\":");
        out.append("\"Medium\",\"Hashes\":\"SHA256=")
                .append(Long.toHexString(random.nextLong()))
                .append("\"}\n");
    }

    private void logon(String time, boolean bad) {
        out.append(
                "{\"EventID\":4624,\"Channel\":\"Security\",\"Provider_Name\":\"Microsoft-Windows-Security-Auditing\",");
        out.append("\"Computer\":\"srv")
                .append(random.nextInt(200))
                .append(".corp.example\",\"@timestamp\":\"")
                .append(time);
        out.append("\",\"TargetUserName\":\"user")
                .append(random.nextInt(4_000))
                .append("\",\"TargetDomainName\":\"CORP\",");
        out.append("\"LogonType\":\"3\",\"IpAddress\":\"");
        if (bad) {
            outside(true);
        } else {
            inside();
        }
        out.append("\",\"IpPort\":\"")
                .append(1024 + random.nextInt(60_000))
                .append("\",\"LogonProcessName\":\"Kerberos\"}\n");
    }

    private void secureShell(String time, boolean bad) {
        out.append("<38>1 ")
                .append(time)
                .append(" lx")
                .append(random.nextInt(300))
                .append(" sshd ");
        out.append(random.nextInt(30_000))
                .append(" - - Accepted publickey for user")
                .append(random.nextInt(500));
        out.append(" from ");
        if (bad) {
            outside(true);
        } else {
            inside();
        }
        out.append(" port ").append(1024 + random.nextInt(60_000)).append(" ssh2\n");
    }
}
