package io.carom.mail.structure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class WebAddressTest {
    private static String host(String written) {
        WebAddress address = WebAddress.of(written);
        assertNotNull(address, written);
        return address.host();
    }

    /// However a host is written, it is the one that a browser asks.
    @Test
    void aHostIsWhatABrowserAsksFor() {
        Map<String, String> forms = new LinkedHashMap<>();
        forms.put("https://bad.example/x", "bad.example");
        forms.put("\u0001 https://bad.example/x\u0000", "bad.example");
        forms.put("ht\ntps://bad.\texample/x", "bad.example");
        forms.put("https:\\\\bad.example\\x", "bad.example");
        forms.put("https://good.example@BAD.example:8443/x", "bad.example");
        forms.put("https://b%61d.example/x", "bad.example");
        forms.put("https://ba\u00add.exam\u200bple/x", "bad.example");
        forms.put("https://\uff42\uff41\uff44\uff0e\uff45\uff58\uff41\uff4d\uff50\uff4c\uff45/x", "bad.example");
        forms.put("https://bad\uff61example/x", "bad.example");
        forms.put("https://\u24d1\u24d0\u24d3.example/x", "bad.example");
        forms.put("https://b\u00e4d.example/x", "b\u00e4d.example");
        forms.forEach((written, host) -> assertEquals(host, host(written), written));
    }

    @Test
    void aNumberIsTheAddressThatItMeans() {
        Map<String, String> forms = new LinkedHashMap<>();
        forms.put("http://3627733806/x", "216.58.211.46");
        forms.put("http://0xd83ad32e/x", "216.58.211.46");
        forms.put("http://0330.072.0323.056/x", "216.58.211.46");
        forms.put("http://0xD8.3855150/x", "216.58.211.46");
        forms.put("http://192.0.2.1/x", "192.0.2.1");
        forms.put("http://127.1/x", "127.0.0.1");
        forms.put("http://[2001:db8::1]:80/x", "[2001:db8::1]");
        // What is beyond an address, and names that begin with one.
        forms.put("http://4294967296/x", "4294967296");
        forms.put("http://1.2.3.4.bad.example/x", "1.2.3.4.bad.example");
        forms.put("http://1.2.3.256/x", "1.2.3.256");
        forms.put("http://0xffffffffffffffffff/x", "0xffffffffffffffffff");
        forms.forEach((written, host) -> assertEquals(host, host(written), written));
    }
}
