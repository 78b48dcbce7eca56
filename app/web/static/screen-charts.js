// The two boards of a screen that are drawn by ECharts. A chart lives as long as its board is shown.
(() => {
  "use strict";
  const longwen = (globalThis.longwen ??= {});
  const gold = "#f5c451", red = "#ff6b5e", white = "#f4f1e8", dim = "#a9b4cc", line = "#33415f";
  const family = '"Noto Sans CJK SC", "Noto Sans SC", "Source Han Sans SC", "Microsoft YaHei", "PingFang SC", sans-serif';

  // A chart in a node of its own, as sharp as the canvas is scaled.
  class Chart {
    constructor(language, still) {
      this.node = longwen.element("div", "chart");
      Object.assign(this, { language, still });
    }

    draw(option) {
      if (!this.node.isConnected) return;
      this.chart ??= echarts.init(this.node, null, {
        renderer: "canvas",
        locale: this.language === "zh" ? "ZH" : "EN",
        devicePixelRatio: Math.min(4, Math.max(1, longwen.scale * devicePixelRatio)),
        width: this.node.clientWidth,
        height: this.node.clientHeight,
      });
      this.chart.setOption(
        {
          aria: { enabled: true, decal: { show: true } },
          animation: !this.still,
          animationDuration: 600,
          animationDurationUpdate: 400,
          textStyle: { fontFamily: family, fontSize: 30, color: white },
          ...option,
        },
        { notMerge: true },
      );
    }

    dispose() {
      this.chart?.dispose();
      this.chart = null;
    }
  }

  // What members have left of each dimension, as a share of what it opens with: the dimensions are not equally large.
  function radarOption(spokes, say, language) {
    const isLong = language !== "zh"; // names of words, set on several lines
    const shares = spokes.map((one) => (one.full > 0 ? Math.max(0, (one.average / one.full) * 100) : 0));
    // From the next ten below the smallest: near 100 everything would else look alike. The rings say which.
    const least = Math.max(0, Math.min(90, Math.floor(Math.min(...shares) / 10) * 10 - 10));
    const rings = Math.max(2, Math.min(5, (100 - least) / 10));
    const option = {
      radar: {
        shape: "polygon",
        center: ["50%", "54%"],
        radius: isLong ? "66%" : "76%",
        splitNumber: rings,
        indicator: spokes.map((one) => ({ name: say(one.name), min: least, max: 100 })),
        axisName: { color: white, lineHeight: isLong ? 38 : 46, fontSize: isLong ? 32 : 38, fontWeight: 600, formatter: (name) => (name.length > 14 ? name.replace(/ (?=\S{6})/, "\n") : name) },
        axisNameGap: 22,
        axisLine: { lineStyle: { color: line, width: 2 } },
        splitLine: { lineStyle: { color: line, width: 2 } },
        splitArea: { areaStyle: { color: ["#131c33", "#18233f"] } },
      },
      series: [
        {
          type: "radar",
          symbol: "circle",
          symbolSize: 16,
          lineStyle: { color: gold, width: 5 },
          itemStyle: { color: gold },
          areaStyle: { color: "rgba(245, 196, 81, 0.28)" },
          data: [{ value: shares.map((one) => Math.round(one * 10) / 10), name: say({ zh: "占满分的百分比", en: "per cent of the full points" }) }],
        },
      ],
    };
    return { option, least };
  }

  function trendOption(points, say, quarterName) {
    // The label of the higher one stands above, that of the lower one below.
    const series = (key, other, name, color, symbol, dash, ifEqual) => ({
      name,
      type: "line",
      data: points.map((one) => {
        const position = one[key] === one[other] ? ifEqual : one[key] > one[other] ? "top" : "bottom";
        return { value: one[key], label: { position } };
      }),
      symbol,
      symbolSize: 22,
      lineStyle: { color, width: 6, type: dash },
      itemStyle: { color },
      label: { show: true, distance: 18, formatter: ({ value }) => value.toFixed(2), color, fontSize: 34, fontWeight: 700 },
      
    });
    const values = points.flatMap((one) => [one.total, one.daily]);
    const low = Math.min(...values), high = Math.max(...values), room = Math.max(5, (high - low) * 0.3);
    return {
      grid: { left: 130, right: 90, top: 100, bottom: 80 },
      legend: { top: 0, right: 0, itemWidth: 60, itemHeight: 22, itemGap: 48, textStyle: { color: white, fontSize: 34 } },
      xAxis: {
        type: "category",
        data: points.map((one) => quarterName(one.quarter)),
        axisLabel: { color: white, fontSize: 32, margin: 20 },
        axisLine: { lineStyle: { color: line, width: 3 } },
        axisTick: { show: false },
      },
      yAxis: {
        type: "value",
        min: Math.floor((low - room) / 10) * 10,
        max: Math.ceil((high + room) / 10) * 10,
        splitNumber: 4,
        axisLabel: { color: dim, fontSize: 28, formatter: String },
        splitLine: { lineStyle: { color: line, width: 1.5 } },
      },
      series: [
        series("total", "daily", say({ zh: "平均总积分", en: "Average total" }), gold, "circle", "solid", "top"),
        series("daily", "total", say({ zh: "平均日常积分", en: "Average daily score" }), red, "rect", "dashed", "bottom"),
      ],
    };
  }

  Object.assign(longwen, { Chart, radarOption, trendOption });
})();
