declare module 'virtual:charts' {
  const charts: import('../charts/packed.ts').PackedCharts;
  export default charts;
}
