package dev.synthorax.server.config;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * The file of tokens.
 *
 * @param tenants by name: 1 to 64 letters, digits, '.', '_' or '-'; no two with one token
 */
public record TenantsConfig(Map<String, TenantConfig> tenants) {
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]{1,64}");

  /**
   * Checks.
   *
   * @throws IllegalArgumentException naming the tenant
   */
  public TenantsConfig {
    tenants = Map.copyOf(tenants);
    Map<String, String> owners = new HashMap<>();
    tenants.forEach(
        (name, tenant) -> {
          if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException(
                "tenants: %s (expected: 1 to 64 letters, digits, '.', '_' or '-')".formatted(name));
          }
          for (String token : tenant.tokens()) {
            String other = owners.put(token, name);
            if (other != null) {
              throw new IllegalArgumentException(
                  "tenants: %s and %s have one token (expected: one tenant a token)"
                      .formatted(other, name));
            }
          }
        });
  }

  /**
   * Reads the YAML file.
   *
   * @throws IllegalArgumentException in one line, naming the file, if it cannot be read, has an
   *     unknown key, a wrong value, or no tenant
   */
  public static TenantsConfig read(Path file) {
    TenantsConfig read = ConfigFile.read(file, file.toString(), new TenantsConfig(Map.of()));
    if (read.tenants.isEmpty()) {
      throw new IllegalArgumentException(file + ": tenants: none (expected: at least one)");
    }
    return read;
  }
}
