import java.io.*;
import java.nio.file.*;
import java.security.*;
import java.security.cert.*;
import java.util.*;

/**
 * Loads stores as Java programs do, and signs with each key: java Check.java STORE...,
 * where STORE is TYPE,LOADER,SIGNER,PASSWORD,KEYS,FILE; LOADER and SIGNER are sun or bc,
 * KEYS is how many keys are opened at the most. Says a line for each entry, in order.
 */
class Check {
    public static void main(String[] args) throws Exception {
        PrintStream out = new PrintStream(System.out, true, "UTF-8");
        for (String arg : args) {
            String[] w = arg.split(",", 6);
            out.println("store " + Path.of(w[5]).getFileName());
            char[] password = w[3].toCharArray();
            KeyStore s = w[1].equals("bc") ? KeyStore.getInstance(w[0], bc()) : KeyStore.getInstance(w[0]);
            try (InputStream in = Files.newInputStream(Path.of(w[5]))) {
                s.load(in, password);
            }
            List<String> lines = new ArrayList<>();
            int left = Integer.parseInt(w[4]);
            for (String alias : Collections.list(s.aliases())) {
                java.security.cert.Certificate[] chain = s.getCertificateChain(alias);
                String line = alias + " ";
                if (s.isCertificateEntry(alias)) {
                    line += "trusted-cert 1 -";
                } else if (left-- > 0) {
                    Key key = s.getKey(alias, password);
                    line += key instanceof PrivateKey
                            ? "private-key " + length(chain) + " " + sign((PrivateKey) key, chain, w[1], w[2])
                            : "secret-key 0 " + key.getAlgorithm() + ":" + HexFormat.of().formatHex(key.getEncoded());
                } else {
                    line += "private-key " + length(chain) + " unopened";
                }
                if (!w[1].equals("bc") && !(s.isCertificateEntry(alias) && w[0].equals("PKCS12"))) {
                    line += " " + s.getCreationDate(alias).getTime();
                }
                lines.add(line);
            }
            Collections.sort(lines);
            lines.forEach(out::println);
        }
    }

    static int length(java.security.cert.Certificate[] chain) {
        return chain == null ? 0 : chain.length;
    }

    static String sign(PrivateKey key, java.security.cert.Certificate[] chain, String loader, String signer) throws Exception {
        if (length(chain) == 0) {
            return "signs";
        }
        String algorithm = switch (key.getAlgorithm()) {
            case "EC", "ECDSA" -> "SHA256withECDSA";
            case "RSA" -> "SHA256withRSA";
            case "DSA" -> "SHA256withDSA";
            default -> "Ed25519";
        };
        Signature s = signer.equals("bc") ? Signature.getInstance(algorithm, bc()) : Signature.getInstance(algorithm);
        byte[] text = "signed".getBytes("UTF-8");
        s.initSign(key);
        s.update(text);
        byte[] signature = s.sign();
        Signature v = loader.equals("bc") ? Signature.getInstance(algorithm, bc()) : Signature.getInstance(algorithm);
        v.initVerify(chain[0].getPublicKey());
        v.update(text);
        for (int i = 0; i + 1 < chain.length; i++) {
            chain[i].verify(chain[i + 1].getPublicKey());
        }
        return v.verify(signature) ? "signs" : "SIGNS FALSELY";
    }

    static Provider provider;

    static Provider bc() throws Exception {
        if (provider == null) {
            provider = (Provider) Class.forName("org.bouncycastle.jce.provider.BouncyCastleProvider")
                    .getDeclaredConstructor().newInstance();
        }
        return provider;
    }
}
