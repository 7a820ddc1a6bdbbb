/** A line of sizes, drawn by hand: too small to be worth the chart library. */
type SparklineProps = { values: number[]; label: string; width?: number; height?: number };

export function Sparkline({ values, label, width = 120, height = 32 }: SparklineProps) {
  if (values.length < 2) return <span aria-hidden style={{ display: "inline-block", width, height }} />;
  const most = Math.max(...values);
  const least = Math.min(...values);
  const range = most - least || 1;
  const points = values.map((value, place) => {
    const x = (place / (values.length - 1)) * (width - 4) + 2;
    const y = height - 3 - ((value - least) / range) * (height - 6);
    return `${x.toFixed(1)},${y.toFixed(1)}`;
  });
  return (
    <svg
      width={width}
      height={height}
      viewBox={`0 0 ${width} ${height}`}
      role="img"
      aria-label={label}
      style={{ display: "block", maxWidth: "100%" }}
    >
      <polygon points={`2,${height} ${points.join(" ")} ${width - 2},${height}`} fill="var(--accent)" opacity={0.12} />
      <polyline
        points={points.join(" ")}
        fill="none"
        stroke="var(--accent)"
        strokeWidth={1.75}
        strokeLinejoin="round"
        strokeLinecap="round"
      />
    </svg>
  );
}
