import java.io.FileInputStream;
import java.security.cert.*;
import java.util.*;

// java Pkix.java ROOT CHAIN...: validates each chain under the root as Java's PKIX does,
// and ends with 1 where one is refused.
public class Pkix {
    public static void main(String[] args) throws Exception {
        CertificateFactory f = CertificateFactory.getInstance("X.509");
        X509Certificate root = (X509Certificate) f.generateCertificate(new FileInputStream(args[0]));
        PKIXParameters p = new PKIXParameters(Set.of(new TrustAnchor(root, null)));
        p.setRevocationEnabled(false);
        int status = 0;
        for (String leaf : Arrays.copyOfRange(args, 1, args.length)) {
            try {
                List<Certificate> chain = new ArrayList<>(f.generateCertificates(new FileInputStream(leaf)));
                CertPathValidator.getInstance("PKIX").validate(f.generateCertPath(chain), p);
            } catch (CertPathValidatorException e) {
                System.out.println(leaf + ": " + e.getMessage());
                status = 1;
            }
        }
        System.exit(status);
    }
}
