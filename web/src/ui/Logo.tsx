/** The product's mark. */
export function Logo({ size = 24 }: { size?: number }) {
  return (
    <svg className="logo" width={size} height={size} viewBox="0 0 32 32" aria-hidden="true">
      <rect width="32" height="32" rx="8" />
      <path d="M7 21.5 13 15l4.5 4L25 10.5" />
      <circle cx="25" cy="10.5" r="2.6" />
    </svg>
  );
}
