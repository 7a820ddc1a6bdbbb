/** The chart itself, on ECharts with its SVG renderer. Loaded only when a page draws one. */
import { useComputedColorScheme } from "@mantine/core";
import { LineChart } from "echarts/charts";
import { GridComponent, TooltipComponent } from "echarts/components";
import { type EChartsType, init, use } from "echarts/core";
import { SVGRenderer } from "echarts/renderers";
import { useEffect, useRef } from "react";
import { useSpeech } from "../words/words";
import { type ChartProps, type Series, ticks } from "./series";

use([LineChart, GridComponent, TooltipComponent, SVGRenderer]);

const looks = {
  light: {
    accent: "#0b7a72",
    second: "#c2751a",
    grey: "#8b969e",
    text: "#5b6670",
    line: "#e3e7e7",
    card: "#ffffff",
    strong: "#1b2226",
  },
  dark: {
    accent: "#2fa499",
    second: "#e0a052",
    grey: "#7d888e",
    text: "#a3adb3",
    line: "#2b3134",
    card: "#1f2426",
    strong: "#e8ecee",
  },
};

type Look = (typeof looks)["light"];

function line(series: Series, look: Look) {
  const color = look[series.look];
  return {
    type: "line" as const,
    name: series.name,
    data: series.values,
    symbol: "circle",
    symbolSize: 5,
    showSymbol: series.values.filter((value) => value !== null).length < 3,
    smooth: 0.25,
    lineStyle: { width: 2, color, type: series.dashed ? ("dashed" as const) : ("solid" as const) },
    itemStyle: { color },
    areaStyle: series.area ? { color, opacity: 0.1 } : undefined,
    emphasis: { disabled: true },
  };
}

export default function Drawing({ label, times, series, height = 260 }: ChartProps) {
  const { f } = useSpeech();
  const scheme = useComputedColorScheme("light");
  const box = useRef<HTMLDivElement>(null);
  const chart = useRef<EChartsType | null>(null);

  useEffect(() => {
    if (box.current === null) return;
    const drawn = init(box.current, null, { renderer: "svg" });
    chart.current = drawn;
    const watch = new ResizeObserver(() => drawn.resize());
    watch.observe(box.current);
    return () => {
      watch.disconnect();
      drawn.dispose();
    };
  }, []);

  useEffect(() => {
    const look = looks[scheme];
    const text = { color: look.text, fontFamily: "Inter Variable, system-ui, sans-serif", fontSize: 12 };
    chart.current?.setOption(
      {
        animation: false,
        textStyle: text,
        grid: { left: 4, right: 12, top: 12, bottom: 4, containLabel: true },
        tooltip: {
          trigger: "axis",
          backgroundColor: look.card,
          borderColor: look.line,
          textStyle: { ...text, color: look.strong },
          confine: true,
          valueFormatter: (value: unknown) => (typeof value === "number" ? f.number(value) : "–"),
          axisPointer: { lineStyle: { color: look.grey } },
        },
        xAxis: {
          type: "category",
          boundaryGap: false,
          data: times.map(ticks(times, f)),
          axisLine: { lineStyle: { color: look.line } },
          axisTick: { show: false },
          axisLabel: { ...text, margin: 12, hideOverlap: true },
        },
        yAxis: {
          type: "value",
          minInterval: 1,
          splitNumber: 4,
          axisLabel: { ...text, formatter: (value: number) => f.compact(value) },
          splitLine: { lineStyle: { color: look.line } },
        },
        series: series.map((one) => line(one, look)),
      },
      true,
    );
  }, [series, times, scheme, f]);

  return <div ref={box} role="img" aria-label={label} style={{ height, width: "100%" }} />;
}
